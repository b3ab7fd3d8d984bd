"""HTTP for game servers, which show a key."""
