"""Libraries for programs that use a Matchpoint, and what generates their types."""
