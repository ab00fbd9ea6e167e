"""Who is told of the deployment itself: its admins, or whoever is named where there are none."""

from collections.abc import Sequence
from datetime import datetime

from shared.access.people import User
from shared.alerts.notice import NOBODY, AboutBreaker, AboutWaiting, Channel, Notice, NoticeState, admin_notice_id_for
from shared.alerts.rule import Route

NO_ADMIN = "no recipient: no user has the role admin, and the settings name no fallback recipients"


def for_admins(
    about: AboutBreaker | AboutWaiting, admins: Sequence[User], fallback: Sequence[str], now: datetime
) -> list[Notice]:
    """One notice each: told again of the same they are the same notices, by their ids."""
    recipients: Sequence[str] = [user.id for user in admins] or fallback
    if not recipients:
        return [_notice(about, NOBODY, now, NoticeState.SUPPRESSED)]
    return [_notice(about, recipient, now, NoticeState.PENDING) for recipient in dict.fromkeys(recipients)]


def _notice(about: AboutBreaker | AboutWaiting, recipient: str, now: datetime, state: NoticeState) -> Notice:
    nobody = state is NoticeState.SUPPRESSED
    return Notice(
        id=admin_notice_id_for(about, recipient),
        about=about,
        channel=Channel.MAIL,
        recipient=recipient,
        route=Route.IMMEDIATE,
        created_at=now,
        state=state,
        settled_at=now if nobody else None,
        reason=NO_ADMIN if nobody else None,
    )
