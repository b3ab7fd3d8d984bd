"""The sockets: the lobby, tournaments and matches to watch, and the queue."""
