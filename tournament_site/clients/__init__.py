"""Programs that use the running site as anybody's do: over its routes and sockets."""
