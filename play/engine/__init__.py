"""What a game is, how one is recorded, and its clocks: pure values, without rows or sockets."""
