"""The deployments that exist, each a table of stages.toml: what differs between a laptop, a trial and production."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import get_type_hints

FILE = Path(__file__).parent / "stages.toml"


LOG_DAYS = (1, 7, 30, 90, 365)
A_MINUTE, SIX_HOURS = 60, 21600
"""A stream keeps its records for a day: time enough to put aside, with its content, what failed."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
LOG_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")


class BadStage(ValueError):
    """stages.toml has no such stage, or the stage has a setting that does not exist or is of the wrong type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    name: str
    sender: str
    """The address that mails come from; SES must verify it, or its domain where `mail_domain` is set."""
    mail_domain: str = ""
    """Verified by DNS records that SES's console shows; empty: the sender's one address is verified by a mail."""
    account: str = ""
    region: str = ""
    """Account and region that it is tied to; empty: those of the credentials that deploy it."""
    alarm_email: str = ""
    """Who is told of alarms; empty: nobody, the alarms' topic has no subscriber."""

    emulated: bool = False
    """Deployed to the emulator on this machine: its dependency layer is built for this machine, and what the emulator
    lacks is left out (failed stream records go to a queue instead of a bucket; plain HTTP is let in; vendors may be
    on loopback)."""
    keep_data: bool = True
    """Tables and users survive the deletion of their stack, and can't be deleted by mistake."""

    begins_paused: bool = True
    """A new deployment sends no mail and writes to no CRM until somebody has looked, and ends these pauses."""
    config_max_age_seconds: int = 10
    """How long workers trust what was published when they last looked."""
    stream_record_age_seconds: int = SIX_HOURS
    """After that long (at most six hours) a stream record that fails is put aside, and its shard goes on."""
    sync_tick_minutes: int = 5
    """How often it is looked which sources are due."""
    tracing: bool = False
    log_level: str = "INFO"
    log_days: int = 30
    requests_per_second: int = 500
    """The HTTP API's sustained rate for all callers together; bursts may be twice that."""

    def __post_init__(self) -> None:
        """Raises BadStage: what AWS would refuse half-way through a deployment is refused here."""
        rules = {
            f"the name has 1 to 20 of a-z, 0-9, - and begins with a letter: {self.name!r}": _NAME.fullmatch(self.name),
            f"log_days is one of {LOG_DAYS}: {self.log_days}": self.log_days in LOG_DAYS,
            f"log_level is one of {LOG_LEVELS}: {self.log_level!r}": self.log_level in LOG_LEVELS,
            f"stream_record_age_seconds is 60 to 21600: {self.stream_record_age_seconds}": (
                self.stream_record_age_seconds in range(A_MINUTE, SIX_HOURS + 1)
            ),
            f"sync_tick_minutes is 1 or more: {self.sync_tick_minutes}": self.sync_tick_minutes >= 1,
        }
        if broken := [rule for rule, holds in rules.items() if not holds]:
            raise BadStage(f"the stage {self.name!r}: {'; '.join(broken)}")

    @property
    def prefix(self) -> str:
        """What the names of its resources begin with."""
        return f"tierwright-{self.name}"

    @property
    def secrets_prefix(self) -> str:
        return f"/tierwright/{self.name}"


def stage(name: str, document: str | None = None) -> Stage:
    """The stage of that name from the document (stages.toml where None); raises BadStage."""
    tables = tomllib.loads(FILE.read_text("utf-8") if document is None else document)
    if name not in tables:
        raise BadStage(f"there is no stage {name!r} in stages.toml: there are {', '.join(sorted(tables))}")
    return _typed(name, tables[name])


def _typed(name: str, settings: Mapping[str, object]) -> Stage:
    hints = get_type_hints(Stage)
    known = {field.name for field in fields(Stage)} - {"name"}
    for key, value in settings.items():
        if key not in known:
            raise BadStage(f"the stage {name!r} has an unknown setting {key!r}")
        if type(value) is not hints[key]:
            raise BadStage(f"{key} of the stage {name!r} is {value!r}: it must be of type {hints[key].__name__}")
    if "sender" not in settings:
        raise BadStage(f"the stage {name!r} has no sender")
    return Stage(name=name, **settings)  # type: ignore[arg-type]  # the types are checked above
