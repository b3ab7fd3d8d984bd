"""The ASGI servers that ship: Daphne and uvicorn, each with the `matchpoint.wire` extension."""
