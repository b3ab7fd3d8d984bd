"""What a process says of itself: whether it lives, whether it is ready, and what it counts."""
