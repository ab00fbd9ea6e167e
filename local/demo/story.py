"""The first start's story: Acme loses seats, its tier follows, its CSM gets a mail."""

from decimal import Decimal

from local.api import Api
from local.change import Watcher
from local.console import step
from local.demo.load import configure, load
from local.outcome import Outcome
from local.stack import Running
from local.users import login
from local.warm import warm

HERO = "acme"
_LOWERED = Decimal("640.00")
_TOLD = "demo"


def set_up(running: Running) -> Outcome | None:
    """What the story told; None where an earlier start has told it. The emulator's own state says whether, so that it
    is true of the data whatever became of it.
    """
    api = Api(running.stack.api_url, login(running.stack, "admin"))
    with step("Warm up the functions"):
        warm(running)
    configure(running.stack, api)
    ssm, name = running.clients("ssm"), f"{running.emulated.secrets_prefix}/{_TOLD}"
    if ssm.get_parameters(Names=[name])["Parameters"]:
        return None
    load(running.stack, api)
    with step(f"Lower {HERO}'s MRR"):
        told = Watcher(running.stack, api).change(HERO, _LOWERED)
    ssm.put_parameter(Name=name, Value="told", Type="String")
    return told
