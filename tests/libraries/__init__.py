"""The client libraries, as packages and against a running site."""
