"""What the kernel alone takes: each message, as long as an event, by one `send()` to each socket.

`python -m benchmarks.apps.kernel PORT`. It understands the benchmark's own clients and nobody else.
"""

import selectors
import socket
import sys

#: About what the lobby's event of a line of 120 characters has, which holds the line twice.
_EVENT_BYTES = 420
_ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
_HEADER_BYTES, _MASK_BYTES = 4, 4


def _frame(received: bytes) -> bytes:
    payload = received[_HEADER_BYTES + _MASK_BYTES :].ljust(_EVENT_BYTES)
    return bytes((0x81, 126)) + len(payload).to_bytes(2, "big") + payload


def serve(port: int) -> None:
    """Serve until killed."""
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    waiting = selectors.DefaultSelector()
    waiting.register(listener, selectors.EVENT_READ)
    clients: set[socket.socket] = set()
    while True:
        for key, _ in waiting.select():
            if key.fileobj is listener:
                client, _ = listener.accept()
                waiting.register(client, selectors.EVENT_READ)
                continue
            client = key.fileobj  # type: ignore[assignment]
            received = client.recv(4096)
            if not received:
                waiting.unregister(client)
                clients.discard(client)
                client.close()
            elif received.startswith(b"GET"):
                client.send(_ACCEPTED)
                clients.add(client)
            elif received[0] == 0x81:
                frame = _frame(received)
                for each in clients:
                    each.send(frame)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
