"""Serves the mailbox from a thread of the supervisor."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import urllib3
from werkzeug.serving import make_server

from local.mailbox.mails import Mail, newest_first
from local.mailbox.pages import Mailbox


class Reader:
    """Reads the mails that the emulator at `endpoint` took."""

    def __init__(self, endpoint: str) -> None:
        self._url = f"{endpoint}/_ministack/ses/messages"
        self._pool = urllib3.PoolManager(retries=False, timeout=5.0)

    def __call__(self) -> Sequence[Mail]:
        return newest_first(self._pool.request("GET", self._url).json())


@contextmanager
def serve(endpoint: str, port: int) -> Iterator[None]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, Mailbox(Reader(endpoint)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="mailbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
