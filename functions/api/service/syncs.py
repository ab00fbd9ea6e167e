"""Sources' use cases: how each is set up, how it fares, and its syncs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from functions.api.service.configuration import Configuration
from functions.api.service.edition import Edition
from functions.api.service.refusals import Conflict, Forbidden, NoSuch
from functions.api.service.runs import queue_for
from functions.api.service.secret_values import parse_secrets
from functions.api.service.session import Session
from shared.access.permissions import SOURCE_SECRETS, reach
from shared.accounts.identity import SourceName
from shared.accounts.values import Json
from shared.configuration.published import source_id
from shared.configuration.sources import SourceConfig
from shared.configuration.sources_document import parse_source, source_to_json
from shared.connectors.ports import VendorRefused
from shared.rules.errors import Code, DocumentError, DocumentRefused
from shared.runtime.messages import write
from shared.runtime.ports import Queue, Reports, Run, RunState, RunStore, SecretWriter
from shared.runtime.works import GOING_ON, works

SHOWN = frozenset({"name", "status", "last_run"})
"""What a source shows beside its set-up: what was read can be sent back."""
SENDS_ONLY = frozenset({SourceName("generic")})
"""Sources that have nothing to pull: they send what they know."""


@dataclass(frozen=True, slots=True)
class Syncs:
    configuration: Configuration
    secrets: SecretWriter
    runs: RunStore
    reports: Reports
    queue: Queue
    new_id: Callable[[], str]
    check_address: Callable[[str], object]
    """Raises VendorRefused where no connector may call the address."""

    def read(self) -> Edition:
        return self.configuration.read()

    def find(self, edition: Edition, name: str) -> SourceConfig:
        """Raises NoSuch."""
        config = edition.published.sources.get(SourceName(name))
        if config is None:
            raise NoSuch("source of this name")
        return config

    def save(
        self, edition: Edition, before: SourceConfig, document: Mapping[str, Json], session: Session
    ) -> tuple[SourceConfig, int]:
        """The member `secrets` is kept apart and told to nobody.

        Raises DocumentRefused; Forbidden where the user may not set secrets.
        """
        secrets = {"secrets": document["secrets"]} if "secrets" in document else {}
        if secrets and reach(SOURCE_SECRETS, session.actor.roles) is None:
            raise Forbidden("Your roles don't allow you to set a source's secrets.")
        config, values = self._parsed(edition, before, document, secrets)
        for name, given in values.items():
            self.secrets.put(name, given)
        body = source_to_json(config)
        told = {**body, "secrets_set": sorted(values)}
        audit = session.audit("source.save", f"source/{before.name}", source_to_json(before), told)
        return config, self.configuration.save(edition, source_id(before.name), body, session, audit)

    def _parsed(
        self, edition: Edition, before: SourceConfig, document: Mapping[str, Json], secrets: Mapping[str, Json]
    ) -> tuple[SourceConfig, Mapping[str, Sequence[str]]]:
        """The errors of all parts at once."""
        plain = {key: value for key, value in document.items() if key not in {*secrets, *SHOWN}}
        errors: list[DocumentError] = []
        config = before
        values: Mapping[str, Sequence[str]] = {}
        try:
            config = parse_source(before.name, plain, edition.published.catalogue, before)
            self._check_address(config)
        except DocumentRefused as refused:
            errors += refused.errors
        try:
            values = parse_secrets(before.name, secrets.get("secrets"))
        except DocumentRefused as refused:
            errors += refused.errors
        if errors:
            raise DocumentRefused(errors)
        return config, values

    def _check_address(self, config: SourceConfig) -> None:
        try:
            if config.base_url is not None:
                self.check_address(config.base_url)
        except VendorRefused as error:
            message = f"write an https address of the vendor's: {error}"
            raise DocumentRefused([DocumentError("/base_url", Code.VALUE_NOT_FOR_TYPE, message)]) from error

    def start(self, config: SourceConfig, session: Session) -> Run:
        """Raises Conflict where there is nothing to start, QueueUnavailable."""
        if config.name in SENDS_ONLY:
            raise Conflict(f"{config.name} sends what it knows: there is nothing to pull.", code="sends_only")
        if not config.enabled:
            raise Conflict(f"{config.name} is switched off: enable it first.", code="disabled")
        going_on = [run for run in self.recent(config, limit=1) if run.state in GOING_ON]
        if going_on:
            raise Conflict(f"The sync {going_on[0].id} is under way: wait for it, or cancel it.", code="under_way")
        run = Run(id=self.new_id(), kind=kind(config), state=RunState.QUEUED, created_at=session.now)
        stored = self.runs.save(run)
        queue_for(self.runs, stored, self.queue, [write(work) for work in works(stored)], session.now)
        return stored

    def recent(self, config: SourceConfig, *, limit: int) -> Sequence[Run]:
        """Newest first."""
        return self.runs.recent(kind(config), limit=limit)

    def run(self, config: SourceConfig, run_id: str) -> Run:
        """Raises NoSuch."""
        run = self.runs.get(kind(config), run_id)
        if run is None:
            raise NoSuch("sync of this id")
        return run


def kind(config: SourceConfig) -> str:
    return f"sync:{config.name}"
