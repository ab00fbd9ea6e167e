"""Serves the mailbox from a thread of the supervisor, and keeps its mails over restarts: the emulator forgets them."""

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import urllib3
from werkzeug.serving import make_server

from local.home import write_private
from local.mailbox.mails import Mail, from_json, newest_first
from local.mailbox.pages import Mailbox


class Reader:
    """Reads the mails that the emulator at `endpoint` took, after those kept in `file` by earlier starts."""

    def __init__(self, endpoint: str, file: Path) -> None:
        self._url = f"{endpoint}/_ministack/ses/messages"
        self._pool = urllib3.PoolManager(retries=False, timeout=5.0)
        self._file = file
        self._earlier = [from_json(mail) for mail in json.loads(file.read_text())] if file.exists() else []

    def __call__(self) -> Sequence[Mail]:
        return [*newest_first(self._pool.request("GET", self._url).json()), *self._earlier]

    def keep(self) -> None:
        """Leaves the file as it is where the emulator is gone already."""
        try:
            mails = self()
        except urllib3.exceptions.HTTPError:
            return
        write_private(self._file, json.dumps([mail.as_json() for mail in mails]))


@contextmanager
def serve(endpoint: str, port: int, file: Path) -> Iterator[None]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    reader = Reader(endpoint, file)
    server = make_server("127.0.0.1", port, Mailbox(reader), threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="mailbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        reader.keep()
