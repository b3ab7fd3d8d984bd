"""A receiver of webhooks, as its developers write one: this file knows nothing of Matchpoint.

    python webhook_receiver.py PORT SECRET SECONDS

Checks each signature with the library of Standard Webhooks, prints the id and the type of each
message that is good, and takes so many seconds for it.
"""

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

PORT, SECRET, SECONDS = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])


class Receiver(BaseHTTPRequestHandler):
    """Takes messages, and refuses what is not signed."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take one message."""
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            message = Webhook(SECRET).verify(body, dict(self.headers))
            print(self.headers["webhook-id"], message["type"], flush=True)
            status = 204
        except WebhookVerificationError as error:
            print("bad", error, flush=True)
            status = 400
        time.sleep(SECONDS)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing more."""


ThreadingHTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
