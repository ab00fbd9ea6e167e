"""Whatever an admin or a vendor's answer gives for an address, nothing but the internet's own hosts is connected to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import urllib3

from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import SourceName
from shared.configuration.sources_document import parse_source
from shared.connectors.ports import VendorRefused, VendorUnavailable
from shared.connectors.recurly.client import connect
from shared.connectors.transport import Host
from shared.rules.errors import DocumentRefused

VENDOR = "https://v3.recurly.com"

CONFIGURED: Mapping[str, Sequence[str]] = {
    "another scheme": [
        "http://v3.recurly.com",
        "ftp://v3.recurly.com",
        "file:///etc/passwd",
        "file://v3.recurly.com/etc/passwd",
        "gopher://v3.recurly.com:70/_x",
        "dict://v3.recurly.com:11211/stats",
        "jar:https://v3.recurly.com!/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "//v3.recurly.com",
        "v3.recurly.com",
        "https:v3.recurly.com",
        "https:///v3.recurly.com",
    ],
    "an IPv4 address": [
        "https://127.0.0.1",
        "https://169.254.169.254/latest/meta-data/",
        "https://169.254.170.2/v2/credentials",
        "https://10.0.0.1",
        "https://8.8.8.8",
        "https://0.0.0.0",
        "https://255.255.255.255",
        "https://100.100.100.200",
    ],
    "an IPv4 address in another spelling": [
        "https://2130706433",
        "https://2852039166",
        "https://0x7f000001",
        "https://0x7f.0.0.1",
        "https://0xa9fea9fe",
        "https://0xa9.0xfe.0xa9.0xfe",
        "https://017700000001",
        "https://0177.0.0.1",
        "https://0251.0376.0251.0376",
        "https://127.1",
        "https://127.0.1",
        "https://10.1",
        "https://127.0.0.1.",
        "https://169.254.169.254.",
        "https://127.0.0.0x1",
        "https://0",
        "https://\u2460\u2461\u2466.0.0.1",
        "https://\uff11\uff12\uff17.\uff10.\uff10.\uff11",
        "https://169\u3002254\u3002169\u3002254",
        "https://127\uff0e0\uff0e0\uff0e1",
    ],
    "an IPv6 address": [
        "https://[::1]",
        "https://[::]",
        "https://[::ffff:127.0.0.1]",
        "https://[::ffff:a9fe:a9fe]",
        "https://[0:0:0:0:0:ffff:10.0.0.1]",
        "https://[64:ff9b::a9fe:a9fe]",
        "https://[fd00:ec2::254]",
        "https://[fe80::1%25eth0]",
        "https://[2001:4860:4860::8888]",
    ],
    "a name of the local network": [
        "https://localhost",
        "https://localhost.",
        "https://LOCALHOST",
        "https://metadata",
        "https://kubernetes",
        "https://",
        "https://.",
        "https://..",
    ],
    "somebody before the host": [
        "https://v3.recurly.com@127.0.0.1",
        "https://v3.recurly.com:443@169.254.169.254",
        "https://user:secret@v3.recurly.com",
        "https://user@v3.recurly.com",
        "https://:@v3.recurly.com",
        "https://@v3.recurly.com",
    ],
    "something odd in it": [
        "https://v3.recurly.com:0",
        "https://v3.recurly.com:99999",
        "https://v3.recurly.com:x",
        "https://v3.recurly.com\r\nHost: evil.example",
        "https://v3.recurly.com\\@evil.example",
        "https://v3.recurly.com\\.evil.example",
        "https://v3.recurly.com%2eevil.example",
        "https://v3.recurly.com%00.evil.example",
        "https://v3.recurly.com/\tx",
        "https://v3.recurly.com?x=1",
        "https://v3.recurly.com#x",
        "https://evil.example#@v3.recurly.com",
        "https://v3 .recurly.com",
        "https://[v3.recurly.com",
        "https://v3..recurly.com",
        "https://" + "a" * 64 + ".recurly.com",
        "https://\u202emoc.ylrucer",
    ],
}
VECTORS = [(kind, url) for kind, urls in CONFIGURED.items() for url in urls]


@contextmanager
def connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Where it was connected to: nothing is, but the place is told."""
    tried: list[str] = []

    def noted(self: Any, *_: Any, **__: Any) -> Any:
        tried.append(self.host)
        raise urllib3.exceptions.ConnectTimeoutError

    with monkeypatch.context() as patched:
        patched.setattr(urllib3.HTTPConnectionPool, "urlopen", noted)
        yield tried


@pytest.mark.parametrize(("kind", "url"), VECTORS)
def test_no_such_address_can_be_configured(kind: str, url: str) -> None:
    """By the document's check and the transport's together, as PUT /v1/sources/{source} asks them."""
    assert _refused(lambda: _configured(url)), kind


@pytest.mark.parametrize(("kind", "url"), VECTORS)
def test_the_key_is_sent_to_no_such_address(kind: str, url: str) -> None:
    """Though it had got into the configuration all the same; on a developer's machine neither."""
    assert _refused(lambda: connect("key", base_url=url)), kind
    assert _refused(lambda: connect("key", base_url=url, loopback=True)), kind


def test_there_are_enough_of_them() -> None:
    assert len({url for _, url in VECTORS}) == len(VECTORS) >= 60


@pytest.mark.parametrize("url", [VENDOR, "https://v3.eu.recurly.com", "https://crm.example.com:8443/api"])
def test_an_address_of_a_vendor_can(url: str) -> None:
    assert _configured(url) == url


RESOLVED: Mapping[str, Sequence[str]] = {
    "this machine": ["127.0.0.1"],
    "the metadata service": ["169.254.169.254"],
    "the metadata service by IPv6": ["fd00:ec2::254"],
    "a private network": ["10.1.2.3"],
    "a carrier's network": ["100.64.0.1"],
    "nothing": ["0.0.0.0"],  # noqa: S104 - nothing binds to it
    "one public and one private": ["8.8.8.8", "192.168.0.1"],
    "one private and one public": ["192.168.0.1", "8.8.8.8"],
    "a public one and this machine by IPv6": ["8.8.8.8", "::1"],
    "an IPv4 address inside an IPv6 one": ["::ffff:10.0.0.1"],
    "an IPv4 address behind NAT64": ["64:ff9b::a00:1"],
    "an IPv4 address behind the local NAT64": ["64:ff9b:1::a00:1"],
    "an IPv4 address behind 6to4": ["2002:a00:1::"],
    "an IPv4 address behind Teredo": ["2001:0:a00:1::"],
    "an address compatible with IPv4": ["::7f00:1"],
    "a link's own address": ["fe80::1"],
    "a link's own address with its interface": ["fe80::1%eth0"],
    "a site's own address": ["fec0::1"],
    "everybody": ["224.0.0.1"],
    "no address": [],
}


@pytest.mark.parametrize("name", RESOLVED)
def test_a_vendor_s_name_that_leads_elsewhere_is_not_connected_to(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(VENDOR, resolve=lambda _name, _port: RESOLVED[name])

    with connections(monkeypatch) as tried, pytest.raises(VendorRefused):
        host.ask("GET", "/accounts", {})

    assert tried == []


def test_a_name_that_changes_between_two_answers_is_connected_to_where_it_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the first answer is public, each later one is this machine's."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]])
    host = Host(VENDOR, resolve=lambda _name, _port: next(answers))

    with connections(monkeypatch) as tried:
        with pytest.raises(VendorUnavailable):
            host.ask("GET", "/accounts", {})
        with pytest.raises(VendorRefused):
            host.ask("GET", "/accounts", {})

    assert tried == ["8.8.8.8"]


FOLLOWED = [
    "https://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254/",
    "//169.254.169.254/",
    "http://v3.recurly.com/",
    "https://v3.recurly.com:8443/",
    "https://v3.recurly.com@127.0.0.1/",
    "https://v3.recurly.com.evil.example/",
    "https://V3.recurly.com.@evil.example/",
    "https://[::1]/",
    "https://2130706433/",
    "file:///etc/passwd",
    "gopher://v3.recurly.com/",
    "javascript:alert(1)",
    "https://v3.recurly.com:99999/",
    "https://[",
]


@pytest.mark.parametrize("reference", FOLLOWED)
def test_a_vendor_s_link_to_elsewhere_is_not_followed(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lists say themselves where they go on."""
    host = Host(VENDOR, resolve=lambda _name, _port: ["8.8.8.8"])

    with connections(monkeypatch) as tried, pytest.raises(VendorRefused):
        host.ask("GET", reference, {})

    assert tried == []


@pytest.mark.parametrize("reference", ["///169.254.169.254/", "\\\\169.254.169.254\\", "/..//169.254.169.254/", ""])
def test_a_link_that_only_looks_like_elsewhere_stays_with_the_vendor(
    reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Host(VENDOR, resolve=lambda _name, _port: ["8.8.8.8"])

    with connections(monkeypatch) as tried, pytest.raises(VendorUnavailable):
        host.ask("GET", reference, {})

    assert tried == ["8.8.8.8"]


@pytest.mark.parametrize(
    "reference", ["/a\r\nHost: evil.example", "/a b", "/a\x00", "/a\u2028", "/\u00e9", "/a HTTP/1.1\r\n\r\nGET /b"]
)
def test_no_line_can_be_added_to_a_request(reference: str) -> None:
    with pytest.raises(VendorRefused):
        Host(VENDOR).target(reference)


def test_line_ends_alone_are_left_out_of_an_address() -> None:
    assert Host(VENDOR).target("/a\r\n\tX:y") == "/aX:y"


def _configured(url: str) -> str | None:
    config = parse_source(SourceName("recurly"), {"base_url": url}, Catalogue.fresh())
    assert config.base_url is not None
    Host(config.base_url)
    return config.base_url


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (VendorRefused, DocumentRefused):
        return True
    return False
