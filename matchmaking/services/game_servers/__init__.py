"""What programs do by their key: players of their own, tickets, and the matches they run."""
