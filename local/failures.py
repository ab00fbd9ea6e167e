"""What a command may fail of: said in one line each, with no traceback."""

from botocore.exceptions import BotoCoreError, ClientError

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
from shared.runtime.failures import Permanent, Retryable

EXPECTED = (
    AlreadyRunning,
    ApiRefused,
    BadStage,
    BotoCoreError,
    ChildFailed,
    ClientError,
    DanglingReference,
    DemoFailed,
    DeployFailed,
    NotPriced,
    NotRunning,
    Permanent,
    Retryable,
    SandboxRefused,
    StillRunning,
    TooSlow,
    UnknownAccount,
    UnknownResourceType,
)
