"""What is wrong with an installation, and how to fix it: from inside, and through its proxy."""
