"""The mails that admins get of the deployment itself: the breaker tripped; what waits while mail is paused."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.alerts.alert import Alert
from shared.alerts.message import TEMPLATES, Mail
from shared.tiers.breaker import Limits, Suspect, Trip
from shared.tiers.rulebook import Rulebook
from shared.why.templating import template
from shared.why.wording import label, moment, one_line

NAMED = 20
"""Accounts that a mail names."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The pause of mail, as a reader needs it."""

    reason: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits while mail is paused."""

    alerts: Sequence[Alert]
    more: bool
    """There are more than were looked at."""
    overrides: int = 0
    """Mails about overrides."""

    @property
    def anything(self) -> bool:
        return bool(self.alerts) or self.overrides > 0


@dataclass(frozen=True, slots=True)
class House:
    """The deployment that the mail is about."""

    rulebook: Rulebook
    public_url: str


def about_breaker(trip: Trip, limits: Limits, to: str, house: House) -> Mail:
    demoted = f"{trip.demoted} of {trip.accounts:,} accounts"
    return _mail(
        "breaker",
        to,
        f"Demotions are held: {demoted} moved down within {_span(limits)}",
        f"breaker.{trip.id}",
        demoted=demoted,
        share=limits.max_demotions_pct,
        span=_span(limits),
        at=moment(trip.at, house.rulebook.time_zone),
        suspects=[_hung_on(suspect, count, house.rulebook) for suspect, count in trip.suspects.items()],
        calls={verb: f"{house.public_url}/v1/breaker/{trip.id}/{verb}" for verb in ("release", "discard")},
    )


def about_waiting(waiting: Waiting, paused: Paused, to: str, day: str, house: House) -> Mail:
    alerts = sorted(waiting.alerts, key=lambda alert: (alert.raised_at, alert.id))
    names = [*dict.fromkeys(one_line(alert.account_name) for alert in alerts)]
    counts = [
        _counted(len(alerts), "alert"),
        _counted(waiting.overrides, "mail about overrides", "mails about overrides"),
    ]
    number = ("at least " if waiting.more else "") + " and ".join(filter(None, counts))
    one = len(alerts) + waiting.overrides == 1
    zone = house.rulebook.time_zone
    return _mail(
        "waiting",
        to,
        f"Mail is paused: {number} {'waits' if one else 'wait'}",
        f"waiting.{day}",
        number=number,
        reason=one_line(paused.reason, 500),
        since=None if paused.since is None else moment(paused.since, zone),
        until=None if paused.until is None else moment(paused.until, zone),
        types=[*_types(alerts), *([("about overrides", waiting.overrides)] if waiting.overrides else [])],
        names=names[:NAMED],
        unnamed=max(0, len(names) - NAMED),
        call=f"{house.public_url}/v1/pauses/mail",
    )


def _mail(kind: str, to: str, subject: str, thread: str, **told: object) -> Mail:
    values = {"subject": subject, **told}
    return Mail(
        to=to,
        subject=subject,
        text=template(TEMPLATES, f"{kind}.txt").render(values),
        html=template(TEMPLATES, f"{kind}.html").render(values),
        thread=thread,
    )


def _counted(count: int, one: str, several: str | None = None) -> str:
    """Nothing where there is none."""
    return f"{count} {one if count == 1 else several or f'{one}s'}" if count else ""


def _span(limits: Limits) -> str:
    minutes = int(limits.within.total_seconds()) // 60
    number, unit = (minutes, "minute") if minutes % 60 else (minutes // 60, "hour")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _hung_on(suspect: Suspect, count: int, rulebook: Rulebook) -> Mapping[str, str]:
    source = f"from {one_line(suspect.source)}" if suspect.source else "no source gives it a value"
    accounts = "1 account" if count == 1 else f"{count} accounts"
    return {"label": label(suspect.field, rulebook.catalogue), "source": source, "accounts": accounts}


def _types(alerts: Sequence[Alert]) -> Sequence[tuple[str, int]]:
    return sorted(Counter(alert.type.value for alert in alerts).items())
