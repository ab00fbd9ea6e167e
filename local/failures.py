"""What a command may fail of: said in one line each, with no traceback."""

from infra.stages import BadStage
from local.api import ApiRefused
from local.billing import NotPriced
from local.change import UnknownAccount
from local.demo.load import DemoFailed
from local.deploy import DeployFailed
from local.lock import AlreadyRunning, StillRunning
from local.process import ChildFailed
from local.recurly import SandboxRefused
from local.stackfile import NotRunning
from local.template import DanglingReference, UnknownResourceType
from local.waiting import TooSlow

EXPECTED = (
    AlreadyRunning,
    ApiRefused,
    BadStage,
    ChildFailed,
    DanglingReference,
    DemoFailed,
    DeployFailed,
    NotPriced,
    NotRunning,
    SandboxRefused,
    StillRunning,
    TooSlow,
    UnknownAccount,
    UnknownResourceType,
)
