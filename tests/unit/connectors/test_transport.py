from ssl import CERT_REQUIRED

import pytest

from shared.connectors.ports import VendorRefused, VendorUnavailable
from shared.connectors.transport import Host, is_public


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "52.94.236.248", "2600:1f18::1", "64:ff9b::808:808"],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - nothing binds to it
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "2001:0:7f00:1::",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
    ],
)
def test_an_address_inside_some_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://v3.recurly.com",
        "ftp://v3.recurly.com",
        "file:///etc/passwd",
        "https://",
        "https://localhost",
        "https://metadata",
        "https://169.254.169.254",
        "https://[::1]",
        "https://2130706433",
        "https://127.1",
        "http://127.0.0.1:8080",
    ],
)
def test_only_https_to_a_named_host_is_configured(url: str) -> None:
    with pytest.raises(VendorRefused):
        Host(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.2:80", "http://localhost:80", "http://10.0.0.1", "http://0.0.0.0:80", "http://[::1]:80"]
)
def test_a_developers_machine_admits_http_to_its_own_loopback_address_only(url: str) -> None:
    Host("http://127.0.0.1:8080", loopback=True)
    with pytest.raises(VendorRefused):
        Host(url, loopback=True)


@pytest.mark.parametrize("addresses", [["169.254.169.254"], ["8.8.8.8", "10.0.0.1"], ["2600:1f18::1", "::1"], []])
def test_a_name_with_any_address_that_is_not_public_is_not_connected_to(addresses: list[str]) -> None:
    host = Host("https://v3.recurly.com", resolve=lambda _name, _port: addresses)
    with pytest.raises(VendorRefused, match="not public"):
        host.ask("GET", "/accounts", {})


def test_a_name_that_does_not_resolve_is_tried_again_later() -> None:
    def fails(_name: str, _port: int) -> list[str]:
        raise OSError

    with pytest.raises(VendorUnavailable):
        Host("https://v3.recurly.com", resolve=fails).ask("GET", "/accounts", {})


def test_the_checked_address_is_connected_to_and_the_certificate_checked_against_the_name() -> None:
    asked = []

    def answers(name: str, port: int) -> list[str]:
        asked.append((name, port))
        return ["2600:1f18::1", "8.8.8.8"]

    with Host("https://v3.recurly.com", resolve=answers) as host:
        pool = host._connected()
        assert (pool.host, pool.port) == ("8.8.8.8", 443)
        assert pool.conn_kw["server_hostname"] == "v3.recurly.com"
        context = pool.conn_kw["ssl_context"]
        assert (context.check_hostname, context.verify_mode) == (True, CERT_REQUIRED)
        assert pool.cert_reqs == "CERT_REQUIRED"  # type: ignore[attr-defined]  # it is an HTTPSConnectionPool
        assert host._connected() is pool
    assert asked == [("v3.recurly.com", 443)]


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("/accounts?limit=200", "/accounts?limit=200"),
        ("https://v3.recurly.com/accounts?cursor=1%3A2", "/accounts?cursor=1%3A2"),
        ("https://v3.recurly.com:443/accounts", "/accounts"),
    ],
)
def test_a_path_or_a_url_of_the_same_host_is_followed(reference: str, target: str) -> None:
    assert Host("https://v3.recurly.com").target(reference) == target


@pytest.mark.parametrize(
    "reference",
    [
        "https://evil.example/accounts",
        "//evil.example/accounts",
        "http://v3.recurly.com/accounts",
        "https://v3.recurly.com:8443/accounts",
        "https://v3.recurly.com.evil.example/",
        "https://v3.recurly.com@evil.example/",
        "https://v3.recurly.com:nonsense/",
        "https://[",
    ],
)
def test_another_host_is_not_followed(reference: str) -> None:
    with pytest.raises(VendorRefused):
        Host("https://v3.recurly.com").target(reference)
