"""Many sockets that come back at once: how soon each is greeted, and what the others notice."""
