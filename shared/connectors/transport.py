"""The one way out to a vendor: https to a configured host at a checked, pinned address; answers are bounded."""

import ipaddress
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from threading import Lock
from typing import Self
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context

from shared.connectors.ports import VendorRefused, VendorUnavailable

LOOPBACK = "127.0.0.1"
CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
MAX_ANSWER = 10 * 1024 * 1024
CONNECTIONS = 4
MAX_NAME = 253

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is assigned to the internet's hosts of IPv6."""
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}", re.ASCII)
"""A host's whole name. The last part of no spelling of an IPv4 address begins with a letter."""
_ODD = re.compile(r"[^!-~]|[\\?#@]")
"""What no address to configure has in it; readers of addresses differ about where the host ends with it."""

type Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host and port; raises OSError."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    """Between two bytes, not for the whole answer."""
    max_bytes: int = MAX_ANSWER


def resolve(host: str, port: int) -> Sequence[str]:
    """By the system's resolver; raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@cache
def trusting() -> SSLContext:
    """Trusts the system's authorities, and has the certificate be the asked host's. One for the process: reading the
    authorities takes 20 ms of CPU, many times what a handshake does.
    """
    context = create_urllib3_context()
    context.load_default_certs()
    return context


def is_public(address: str) -> bool:
    """Whether `address` is one of the internet's own: not private, shared, link-local, loopback, multicast or reserved,
    nor an IPv6 address that carries an IPv4 one inside (but for NAT64 of a public one).
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in _UNICAST or ip.sixtofour or ip.teredo:
            return False
    return ip.is_global and not ip.is_multicast


class Host:
    """One vendor's host. Connections stay open between calls and may be used by several threads.

    The address is resolved once and kept until a call fails, so that what was checked is what is connected to; the
    certificate is checked against the name.
    """

    def __init__(
        self,
        base_url: str,
        *,
        loopback: bool = False,
        limits: Limits | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        """`loopback` (a developer's machine) admits http on 127.0.0.1 too. Raises VendorRefused for any other address
        that is not https to a named host.
        """
        self._base, self._origin = _parsed(base_url)
        scheme, name, _ = self._origin
        self._local = loopback and scheme == "http" and name == LOOPBACK
        if not self._local and (scheme != "https" or not _NAME.fullmatch(name) or len(name) > MAX_NAME):
            raise VendorRefused(f"{scheme}://{name} is not https to a named host")
        self._limits = limits or Limits()
        self._resolve = resolve
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def target(self, reference: str) -> str:
        """`reference` (a path, or a whole URL on this host) as the target of a request; raises VendorRefused."""
        try:
            url = urlsplit(urljoin(self._base.geturl(), reference))
            foreign = _origin(url) != self._origin
        except ValueError as error:
            raise VendorRefused("the address is malformed") from error
        if foreign:
            raise VendorRefused(f"{url.scheme}://{url.hostname} is not the host that is configured")
        target = url.path + (f"?{url.query}" if url.query else "")
        if not target.isascii() or not target.isprintable() or " " in target:
            raise VendorRefused("the address is malformed")
        return target

    def ask(self, method: str, reference: str, headers: Mapping[str, str]) -> Answer:
        """One request without a body, answered by any status but a redirect.

        Raises VendorUnavailable where no whole answer came in time, VendorRefused where it may not be asked, answers
        with a redirect or with more than the limit.
        """
        target = self.target(reference)
        try:
            answer = self._exchange(method, target, {"Host": self._base.netloc, **headers})
        except (HTTPError, OSError) as error:
            self.close()
            raise VendorUnavailable(f"{self._base.hostname} did not answer: {type(error).__name__}") from error
        if 300 <= answer.status < 400:  # noqa: PLR2004 - the redirects
            raise VendorRefused(f"{self._base.hostname} redirects ({answer.status}): nothing follows it")
        return answer

    def _exchange(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        response = self._connected().request(
            method, target, headers=headers, redirect=False, retries=False, preload_content=False, decode_content=False
        )
        try:
            body = response.read(self._limits.max_bytes + 1, decode_content=False)
        finally:
            response.close()  # closes the connection too, unless the answer was read to its end
        if len(body) > self._limits.max_bytes:
            raise VendorRefused(f"{self._base.hostname} answers with more than {self._limits.max_bytes} bytes")
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)

    def _connected(self) -> urllib3.HTTPConnectionPool:
        with self._lock:
            if self._pool is None:
                self._pool = self._open()
            return self._pool

    def _open(self) -> urllib3.HTTPConnectionPool:
        timeout = urllib3.Timeout(connect=self._limits.connect_seconds, read=self._limits.read_seconds)
        _, name, port = self._origin
        if self._local:
            return urllib3.HTTPConnectionPool(LOOPBACK, port, timeout=timeout, maxsize=CONNECTIONS)
        return urllib3.HTTPSConnectionPool(
            self._address(name, port),
            port,
            timeout=timeout,
            maxsize=CONNECTIONS,
            cert_reqs="CERT_REQUIRED",
            ssl_context=trusting(),
            server_hostname=name,
        )

    def _address(self, name: str, port: int) -> str:
        """The address to connect to: IPv4 first, since a function without IPv6 can't use the other."""
        addresses = self._resolve(name, port)
        if not addresses or not all(is_public(address) for address in addresses):
            raise VendorRefused(f"{name} has an address that is not public")
        return min(addresses, key=lambda address: ":" in address)


def _parsed(base_url: str) -> tuple[SplitResult, tuple[str, str, int]]:
    """With its origin; raises VendorRefused."""
    try:
        url = urlsplit(base_url)
        origin = _origin(url)
    except ValueError as error:
        raise VendorRefused("the address is malformed") from error
    if _ODD.search(base_url) or url.port == 0:
        raise VendorRefused("the address is more than a scheme, a host, a port and a path")
    return url, origin


def _origin(url: SplitResult) -> tuple[str, str, int]:
    return url.scheme, url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
