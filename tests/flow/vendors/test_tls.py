"""A vendor's certificate is checked by authority and by name, against authorities that are read once."""

import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import trustme

from shared.connectors import transport
from shared.connectors.ports import VendorUnavailable
from shared.connectors.transport import Host

NAME = "vendor.example.com"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing."""


class Quiet(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever does not trust it hangs up."""


class Nearby(Host):
    """A host whose name leads to this machine, which `Host` itself never admits."""

    def _address(self, name: str, port: int) -> str:
        assert (name, port) != ("", 0)
        return "127.0.0.1"


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def _trusting(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The system's authorities are this one."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    transport.trusting.cache_clear()
    yield
    transport.trusting.cache_clear()


def serving(authority: trustme.CA, name: str) -> Quiet:
    """Until it is shut down, over TLS under that name."""
    server = Quiet(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def vendor(authority: trustme.CA) -> Iterator[Quiet]:
    with serving(authority, NAME) as server:
        yield server
        server.shutdown()


def ask(server: HTTPServer, name: str = NAME) -> int:
    with Nearby(f"https://{name}:{server.server_port}") as host:
        return host.ask("GET", "/accounts", {}).status


def test_a_vendor_under_its_name_is_asked(vendor: Quiet) -> None:
    assert ask(vendor) == 200


def test_a_certificate_of_another_name_is_refused_before_and_after_a_good_one(vendor: Quiet) -> None:
    for _ in range(2):
        with pytest.raises(VendorUnavailable, match="SSLError"):
            ask(vendor, "other.example.com")
        assert ask(vendor) == 200


def test_a_certificate_of_another_authority_is_refused(vendor: Quiet) -> None:
    assert ask(vendor) == 200
    with serving(trustme.CA(), NAME) as stranger:
        with pytest.raises(VendorUnavailable, match="SSLError"):
            ask(stranger)
        stranger.shutdown()


def test_the_authorities_are_read_once_for_all_connections(vendor: Quiet, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[ssl.SSLContext] = []
    load = ssl.SSLContext.load_default_certs

    def counted(context: ssl.SSLContext, purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH) -> None:
        read.append(context)
        load(context, purpose)

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", counted)

    for _ in range(3):
        assert ask(vendor) == 200

    assert len(read) == 1
