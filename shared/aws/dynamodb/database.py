"""The function's one connection to DynamoDB: its tables are bound to it, its failures are told apart by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import new_class
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import Attribute
from pynamodb.connection import Connection
from pynamodb.constants import NUMBER
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from shared.aws.clients import CONNECT_SECONDS, READ_SECONDS, RETRIES
from shared.aws.errors import code_of, failure
from shared.runtime.failures import Permanent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_KEY_BYTES = 2_048
"""Of a hash key."""
_LOST = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


class WholeNumber(Attribute[int]):
    """An int of up to 38 digits, exactly: PynamoDB's own number goes by way of JSON and may come back as a float."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class ConditionFailed(Exception):
    """Nothing was written: a condition did not hold, or another transaction was writing one of the items.

    A single write whose answer was lost and which botocore then repeated ends here too, though it was written: its own
    effect fails its condition. The caller reads again and finds nothing left to do. Transactions don't: DynamoDB knows
    them by their token for ten minutes and answers a repeated one with success.
    """


class Database:
    """Makes no client before the first call; raises Retryable and Permanent for what fails."""

    def __init__(self) -> None:
        self._connection = Connection(
            connect_timeout_seconds=CONNECT_SECONDS, read_timeout_seconds=READ_SECONDS, retry_configuration=RETRIES
        )

    @property
    def client(self) -> "DynamoDBClient":
        """The client below PynamoDB, for bulk reads; what hooks on it sees all calls."""
        return cast("DynamoDBClient", self._connection.client)

    def bind[M: Model](self, model: type[M], table: str) -> type[M]:
        """The model bound to a table of this account and region, on this connection."""
        meta = type("Meta", (), {"table_name": table})
        bound = cast("type[M]", new_class(model.__name__, (model,), exec_body=lambda body: body.update(Meta=meta)))
        to_table = bound._get_connection()  # noqa: SLF001 - PynamoDB gives each model a client; here they share one
        if table not in self._connection._tables:  # noqa: SLF001 - models of one table describe the same keys
            self._connection.add_meta_table(to_table.get_meta_table())
        to_table.connection = self._connection
        return bound

    @contextmanager
    def calling(self, doing: str) -> Iterator[None]:
        """Raises ConditionFailed, Retryable or Permanent for what PynamoDB and botocore raise inside."""
        try:
            yield
        except PynamoDBException as error:
            raise _told_apart(error, doing) from error
        except (ClientError, BotoCoreError) as error:
            raise failure(error, doing) from error

    @contextmanager
    def transaction(self, doing: str) -> Iterator[TransactWrite]:
        """Collects writes and sends them as one; failures as `calling`, a lost race as ConditionFailed."""
        with (
            self.calling(doing),
            TransactWrite(connection=self._connection, client_request_token=uuid4().hex) as transaction,
        ):
            yield transaction


def _told_apart(error: PynamoDBException, doing: str) -> Exception:
    """By the cause itself: PynamoDB's own `cause_response_code` fails on a time-out."""
    if isinstance(error, TransactWriteError) and error.cancellation_reasons:
        codes = {reason.code for reason in error.cancellation_reasons if reason}
        if codes <= _LOST:
            return ConditionFailed(f"{doing}: {', '.join(sorted(codes))}")
        worst = min(codes - _LOST)
        return failure(ClientError({"Error": {"Code": _as_error(worst)}}, doing), doing)
    cause = error.cause
    if isinstance(cause, ClientError) and code_of(cause) == "ConditionalCheckFailedException":
        return ConditionFailed(f"{doing}: ConditionalCheckFailed")
    if isinstance(cause, (ClientError, BotoCoreError)):
        return failure(_whole(cause), doing)
    return Permanent(f"{doing}: {error.msg}")


def _as_error(reason: str) -> str:
    """A transaction's reasons are error codes without their ending: `ThrottlingError`, `ValidationError`."""
    return "ThrottlingException" if reason in ("ThrottlingError", "ProvisionedThroughputExceeded") else reason


def _whole(error: ClientError | BotoCoreError) -> ClientError | BotoCoreError:
    """PynamoDB keeps of an answer its error code alone; the answer with its HTTP status is the cause's cause."""
    return error.__cause__ if isinstance(error.__cause__, ClientError) else error


def is_key(text: str) -> bool:
    """Whether `text`, which anybody may have written, can be a key at all; asked for another, DynamoDB fails."""
    try:
        return 0 < len(text.encode()) <= MAX_KEY_BYTES
    except UnicodeEncodeError:
        return False


def plain(item: Any) -> dict[str, Any]:
    """The attributes of a raw item, as calls and stream records bear them: texts and whole numbers."""
    return {
        name: typed["S"] if "S" in typed else int(typed["N"])
        for name, typed in item.items()
        if "S" in typed or "N" in typed
    }
