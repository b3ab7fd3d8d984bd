"""What is settled about a connection before anything reads it."""
