"""The rights that the stores and edges need, port by port: a step allows its function the ports it has."""

from aws_cdk import Stack

from infra.acknowledged import acknowledge, wildcard
from infra.constructs.function import HouseFunction
from infra.constructs.parts import Parts
from shared.runtime.tables import BY_ACCOUNT, BY_CREATION, BY_DUE, BY_OWNER, BY_RECIPIENT, BY_TIER


def read_account(parts: Parts, function: HouseFunction) -> None:
    """AccountStore.get."""
    parts.tables["accounts"].allow(function, "GetItem")


def read_accounts(parts: Parts, function: HouseFunction) -> None:
    """AccountStore.get_many."""
    parts.tables["accounts"].allow(function, "BatchGetItem")


def read_history(parts: Parts, function: HouseFunction) -> None:
    """AccountStore.history, AccountLists.history_page."""
    parts.tables["history"].allow(function, "Query")


def merge_accounts(parts: Parts, function: HouseFunction) -> None:
    """AccountStore for what sources say: an account and its links are one transaction; no tier, and so no history."""
    read_accounts(parts, function)
    parts.tables["accounts"].allow(function, "PutItem")
    parts.tables["links"].allow(function, "BatchGetItem", "PutItem")


def move_accounts(parts: Parts, function: HouseFunction) -> None:
    """AccountStore for decisions: an account and a row of its history are one transaction; no links."""
    read_account(parts, function)
    read_accounts(parts, function)
    parts.tables["accounts"].allow(function, "PutItem")
    parts.tables["history"].allow(function, "PutItem")


def edit_accounts(parts: Parts, function: HouseFunction) -> None:
    """AccountStore for people: with an audit entry; records are looked up and never linked."""
    move_accounts(parts, function)
    parts.tables["links"].allow(function, "BatchGetItem")
    parts.tables["audit"].allow(function, "PutItem")


def list_accounts(parts: Parts, function: HouseFunction) -> None:
    """AccountLists without `due`."""
    parts.tables["accounts"].allow(function, "BatchGetItem", "Scan")
    parts.tables["accounts"].allow_query(function, BY_TIER.name, BY_OWNER.name)
    read_history(parts, function)


def walk_accounts(parts: Parts, function: HouseFunction) -> None:
    """AccountLists.ids."""
    parts.tables["accounts"].allow(function, "Scan")


def read_config(parts: Parts, function: HouseFunction) -> None:
    """DocumentStore.all."""
    parts.tables["config"].allow(function, "Query")


def read_document(parts: Parts, function: HouseFunction) -> None:
    """DocumentStore.get."""
    parts.tables["config"].allow(function, "GetItem")


def trip_breaker(parts: Parts, function: HouseFunction) -> None:
    """Breaker: its ledger, what is published of it and its audit entry are one transaction; AccountLists.number."""
    read_config(parts, function)
    read_document(parts, function)
    parts.tables["config"].allow(function, "PutItem")
    parts.tables["audit"].allow(function, "PutItem")
    parts.tables["accounts"].allow(function, "DescribeTable", "Scan")


def commit_config(parts: Parts, function: HouseFunction) -> None:
    """DocumentStore: documents and their audit entries are one transaction. Nobody deletes a document yet."""
    read_config(parts, function)
    read_document(parts, function)
    parts.tables["config"].allow(function, "PutItem")
    parts.tables["audit"].allow(function, "PutItem")


def record_alerts(parts: Parts, function: HouseFunction) -> None:
    """AlertStore without `page`."""
    parts.tables["alerts"].allow(function, "GetItem", "BatchGetItem", "PutItem", "ConditionCheckItem")


def list_alerts(parts: Parts, function: HouseFunction) -> None:
    """AlertStore without `seen` and `record`."""
    parts.tables["alerts"].allow(function, "BatchGetItem", "Scan")
    parts.tables["alerts"].allow_query(function, BY_ACCOUNT.name)


def move_notices(parts: Parts, function: HouseFunction) -> None:
    """NoticeStore."""
    parts.tables["alerts"].allow(function, "GetItem", "BatchGetItem", "PutItem", "UpdateItem")
    parts.tables["alerts"].allow_query(function, BY_RECIPIENT.name, BY_DUE.name)


def add_notices(parts: Parts, function: HouseFunction) -> None:
    """The `add` of NoticeStore."""
    parts.tables["alerts"].allow(function, "PutItem")


def find_due(parts: Parts, function: HouseFunction) -> None:
    """The `due` of AccountLists and NoticeStore, and Watermarks."""
    parts.tables["accounts"].allow_query(function, BY_DUE.name)
    parts.tables["alerts"].allow(function, "BatchGetItem")
    parts.tables["alerts"].allow_query(function, BY_DUE.name)
    parts.tables["runs"].allow(function, "GetItem", "PutItem")


def keep_runs(parts: Parts, function: HouseFunction) -> None:
    """RunStore without `recent`, and the `status` of Reports."""
    parts.tables["runs"].allow(function, "BatchGetItem", "PutItem")


def list_runs(parts: Parts, function: HouseFunction) -> None:
    """RunStore.recent."""
    parts.tables["runs"].allow_query(function, BY_CREATION.name)


def read_sync_times(parts: Parts, function: HouseFunction) -> None:
    """The `get` of Watermarks."""
    parts.tables["runs"].allow(function, "GetItem")


def note_sources(parts: Parts, function: HouseFunction) -> None:
    """Reports.note."""
    parts.tables["runs"].allow(function, "UpdateItem")


def read_secrets(parts: Parts, function: HouseFunction, *names: str) -> None:
    """`names` below the stage's prefix. No right on a key: the account's own `aws/ssm` key lets whoever may read a
    parameter decrypt it through Parameter Store.
    """
    _secrets(parts, function, "ssm:GetParameter", names)


def write_secrets(parts: Parts, function: HouseFunction, *names: str) -> None:
    _secrets(parts, function, "ssm:PutParameter", names)


def find_users(parts: Parts, function: HouseFunction) -> None:
    """UserDirectory.find."""
    function.allow(["cognito-idp:ListUsers"], [parts.users.user_pool_arn])


def list_roles(parts: Parts, function: HouseFunction) -> None:
    """The `admins` and `managers` of AdminDirectory."""
    function.allow(["cognito-idp:ListUsersInGroup"], [parts.users.user_pool_arn])


def _secrets(parts: Parts, function: HouseFunction, action: str, names: tuple[str, ...]) -> None:
    stack = Stack.of(function)
    prefix = parts.house.stage.secrets_prefix.removeprefix("/")
    arns = [stack.format_arn(service="ssm", resource="parameter", resource_name=f"{prefix}/{name}") for name in names]
    function.allow([action], arns)
    reason = "sources, and so the names of their secrets, are added at run time"
    wild = [name for name in names if name.endswith("*")]
    acknowledge(function.role, {wildcard(stack, "ssm", f"parameter/{prefix}/{name}"): reason for name in wild})
