"""A vendor that redirects is not followed, whatever the kind of redirect and wherever it leads."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from shared.connectors.ports import VendorRefused
from shared.connectors.transport import Host


class Redirecting(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.status, self.location = 302, "/elsewhere"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Redirecting

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.status if self.path == "/accounts" else 200)
        self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing."""


@pytest.fixture
def vendor() -> Iterator[Redirecting]:
    with Redirecting() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_no_kind_of_redirect_is_followed(status: int, vendor: Redirecting) -> None:
    vendor.status = status

    with Host(vendor.url, loopback=True) as host, pytest.raises(VendorRefused, match=f"redirects \\({status}\\)"):
        host.ask("GET", "/accounts", {})

    assert vendor.asked == ["/accounts"]


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/", "https://10.0.0.1/", "file:///etc/passwd", "//[::1]/", ""]
)
def test_a_redirect_is_followed_nowhere(location: str, vendor: Redirecting) -> None:
    vendor.location = location

    with Host(vendor.url, loopback=True) as host, pytest.raises(VendorRefused):
        host.ask("GET", "/accounts", {})

    assert vendor.asked == ["/accounts"]
