"""What the site knows of one person: handed out to them, and taken away for good."""
