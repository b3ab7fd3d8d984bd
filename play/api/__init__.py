"""HTTP for programs: the games that were played."""
