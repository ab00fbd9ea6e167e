"""How far one message of a long work goes: page by page, while its invocation has time."""

from collections.abc import Callable
from datetime import datetime

from shared.runtime import telemetry
from shared.runtime.failures import Retryable
from shared.runtime.ports import RunMoved

PAGES = 10
WAIT_SECONDS = 15


def paged(page: Callable[[], bool], *, clock: Callable[[], datetime], until: datetime) -> int | None:
    """Does pages as long as one says that another follows; None where none does, else in how many seconds a message is
    to go on.

    What fails after others of the message were done is that next message's: a queue gives up on what it handed out
    too often, and is not to count what came on. Raises what the first page raises.
    """
    for number in range(PAGES):
        if clock() >= until:
            return 0
        try:
            if not page():
                return None
        except (Retryable, RunMoved) as error:
            if number == 0:
                raise
            telemetry.tell_failure("a page failed", error)
            return WAIT_SECONDS
    return 0
