"""The types of the clients, out of the server's own descriptions: `python -m clients.generate`."""
