"""A minute of activity in a running lobby: players who queue, play, talk, and a small tournament.

Everything goes over the site's real HTTP routes and sockets; nothing here touches the database.
"""
