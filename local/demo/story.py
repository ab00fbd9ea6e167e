"""The first start's story: Acme loses seats, its tier follows, its CSM gets a mail."""

from decimal import Decimal
from functools import partial
from typing import Any

from local.api import Api
from local.change import Watcher
from local.console import step
from local.demo.load import configure, load
from local.outcome import Outcome
from local.recurly import Recurly
from local.stack import Running
from local.users import login
from local.waiting import wait_for
from local.warm import warm

HERO = "acme"
_LOWERED = Decimal("640.00")
_PATIENCE_SECONDS = 5.0
"""How long a start that has nothing else to do waits for its functions."""
_SECONDS = 30.0
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_SET_UP_WITH = "demo"
"""The parameter with the sandbox's address, written when all is done."""


def set_up(running: Running) -> Outcome | None:
    """Returns what the story told; None where an earlier start has told it. The emulator's own state says whether, so
    that it is true of the data whatever became of it.
    """
    sandbox = running.stack.sandboxes["recurly"].url
    ssm, name = running.clients("ssm"), f"{running.emulated.secrets_prefix}/{_SET_UP_WITH}"
    known = [found["Value"] for found in ssm.get_parameters(Names=[name])["Parameters"]]
    ready = known == [sandbox]
    with step("Warm up the functions"):
        warm(running, at_most=_PATIENCE_SECONDS if ready else None)
    if ready:
        return None
    api = Api(running.stack.api_url, login(running.stack, "admin"))
    configure(running.stack, api)
    told = None if known else _tell(running, api)
    ssm.put_parameter(Name=name, Value=sandbox, Type="String", Overwrite=True)
    return told


def _tell(running: Running, api: Api) -> Outcome:
    load(running.stack, api)
    with step("Deliver a webhook without news"):
        _rehearse(running)
    with step(f"Lower {HERO}'s MRR"):
        return Watcher(running.stack, api).change(HERO, _LOWERED)


def _rehearse(running: Running) -> None:
    """The vendor's first webhook finds secrets unread and connections closed; no later one does."""
    Recurly(running.stack.sandboxes["recurly"]).announce(f"code-{HERO}", kind="account")
    sqs = running.clients("sqs")
    wait_for("empty queues", lambda: not any(map(partial(_length, sqs), running.emulated.queues)), seconds=_SECONDS)


def _length(sqs: Any, queue: str) -> int:
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=list(_COUNTS))["Attributes"]
    return sum(map(int, counts.values()))
