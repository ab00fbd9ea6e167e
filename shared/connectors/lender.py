"""Lends connectors: each works for one thread at a time, and keeps its connections for the next."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from shared.accounts.identity import SourceName
from shared.configuration.sources import SourceConfig
from shared.connectors.ports import Connector, VendorRefused
from shared.runtime.ports import SecretMissing, Secrets

type Connect = Callable[[str, SourceConfig], Connector]
"""Makes a vendor's connector with its API key; raises VendorRefused."""


class Lender:
    def __init__(self, connect: Mapping[SourceName, Connect], secrets: Secrets) -> None:
        self._connect = connect
        self._secrets = secrets
        self._idle: dict[tuple[SourceName, str | None, str], list[Connector]] = defaultdict(list)
        """By source, address and key: a new key is used as soon as it is known."""

    def __contains__(self, source: object) -> bool:
        """Whether the source has an API to ask; the others only send."""
        return source in self._connect

    @contextmanager
    def lent(self, config: SourceConfig) -> Iterator[Connector]:
        """Raises VendorRefused where the source can't be asked at all: it has no key, or a foreign address."""
        try:
            key = self._secrets.current(f"api/{config.name}")[0]
        except SecretMissing as error:
            raise VendorRefused(f"no API key of {config.name} is set") from error
        idle = self._idle[config.name, config.base_url, key]
        connector = idle.pop() if idle else self._connect[config.name](key, config)
        try:
            yield connector
        finally:
            idle.append(connector)
