"""Least privilege: who may do what, and no star but those listed here with their reason."""

from collections.abc import Iterable

import pytest

from shared.runtime.tables import TABLES
from tests.infra.assembled import Assembled, Right
from tests.infra.test_functions import FUNCTIONS

_ACCOUNT = "AWS::Region:AWS::AccountId"
_PARAMETERS = f"arn:AWS::Partition:ssm:{_ACCOUNT}:parameter/tierwright/prod"
_IDENTITIES = f"arn:AWS::Partition:ses:{_ACCOUNT}:identity/*"
STARS = {
    ("dynamodb:ListStreams", "*"): "knows no resource, and Lambda asks for it",
    ("ses:SendEmail", _IDENTITIES): "SES's sandbox asks for the recipient's identity; the sender is bound",
    ("ses:SendRawEmail", _IDENTITIES): "as SendEmail",
    ("ssm:GetParameter", f"{_PARAMETERS}/webhook/*"): "sources are added at run time",
    ("ssm:GetParameter", f"{_PARAMETERS}/api/*"): "sources are added at run time",
    ("ssm:PutParameter", f"{_PARAMETERS}/webhook/*"): "sources are added at run time",
    ("ssm:PutParameter", f"{_PARAMETERS}/api/*"): "sources are added at run time",
}
WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


def _who(prod: Assembled, actions: Iterable[str], resource: str) -> set[str]:
    wanted = {(action, resource) for action in actions}
    return {name for name in FUNCTIONS if prod.rights_of(name) & wanted}


def _writers(prod: Assembled, table: str) -> set[str]:
    return _who(prod, (f"dynamodb:{action}" for action in WRITES), f"tierwright-prod-{table}")


def _starred(rights: Iterable[Right]) -> set[Right]:
    return {right for right in rights if "*" in "".join(right)}


def test_no_role_has_a_managed_policy_or_one_of_its_own(prod: Assembled) -> None:
    for role in prod.resources("AWS::IAM::Role"):
        assert not role.properties.keys() & {"ManagedPolicyArns", "Policies"}, role.id


def test_no_right_has_a_star_but_those_with_a_reason(prod: Assembled) -> None:
    starred = {right for role in prod.resources("AWS::IAM::Role") for right in _starred(prod.rights(role))}
    failures = {right for right in starred if right[0] == "s3:PutObject" and right[1].endswith("/*")}
    assert len(failures) == 1, "Lambda names the objects that it puts into the bucket of failed records"
    assert starred - failures == set(STARS)


def test_one_function_a_role(prod: Assembled) -> None:
    roles = [prod.target(function.properties["Role"]).id for function in prod.functions().values()]
    assert len(set(roles)) == len(FUNCTIONS)


def test_tables_are_written_by_those_whose_part_it_is(prod: Assembled) -> None:
    committing = {"ingest", "crm_sync", "tier_trigger", "api"}
    assert {table.name: _writers(prod, table.name) for table in TABLES} == {
        "accounts": committing,
        "links": {"ingest", "crm_sync"},
        "history": {"tier_trigger", "api"},
        "audit": {"tier_trigger", "api"},
        "config": {"tier_trigger", "api"},
        "alerts": {"tier_trigger", "alerts", "notify", "api"},
        "runs": {"ingest", "crm_sync", "tier_trigger", "clock", "api"},
        "markers": {"api"},
    }


@pytest.mark.parametrize("table", ["accounts", "links", "history", "audit", "config", "alerts", "runs"])
def test_nobody_may_delete_from(prod: Assembled, table: str) -> None:
    assert not _who(prod, ["dynamodb:DeleteItem", "dynamodb:DeleteTable"], f"tierwright-prod-{table}")


def test_what_was_written_down_is_never_changed(prod: Assembled) -> None:
    for table in ("history", "audit"):
        assert not _who(prod, ["dynamodb:UpdateItem"], f"tierwright-prod-{table}")


def test_the_webhook_may_read_its_secrets_and_leave_hints_and_no_more(prod: Assembled) -> None:
    assert {right for right in prod.rights_of("webhook") if not right[0].startswith("logs:")} == {
        ("ssm:GetParameter", f"{_PARAMETERS}/webhook/*"),
        ("sqs:SendMessage", "tierwright-prod-hints"),
    }


def test_secrets_are_read_by_those_who_use_them(prod: Assembled) -> None:
    read = ["ssm:GetParameter"]
    assert _who(prod, read, f"{_PARAMETERS}/webhook/*") == {"webhook"}
    assert _who(prod, read, f"{_PARAMETERS}/api/*") == {"ingest", "crm_sync"}
    assert _who(prod, read, f"{_PARAMETERS}/why") == {"notify", "api"}
    assert _who(prod, ["ssm:PutParameter"], f"{_PARAMETERS}/api/*") == {"api"}


def test_roles_are_listed_by_those_who_tell_people_of_what_waits(prod: Assembled) -> None:
    lists = {
        name for name in FUNCTIONS if "cognito-idp:ListUsersInGroup" in {right for right, _ in prod.rights_of(name)}
    }
    assert lists == {"notify", "api"}


def test_queues_are_fed_by_those_whose_part_it_is(prod: Assembled) -> None:
    queues = ("hints", "decide", "announce", "evaluate-alerts", "notify", "syncs")
    assert {queue: _who(prod, ["sqs:SendMessage"], f"tierwright-prod-{queue}") for queue in queues} == {
        "hints": {"webhook", "ingest"},
        "decide": {"tier_trigger", "clock", "api"},
        "announce": {"announce"},
        "evaluate-alerts": {"alerts"},
        "notify": {"notify", "clock"},
        "syncs": {"crm_sync", "api"},
    }


def test_only_notify_reaches_people(prod: Assembled) -> None:
    outward = {"ses:SendEmail", "ses:SendRawEmail", "sns:Publish"}
    assert {name for name in FUNCTIONS if {action for action, _ in prod.rights_of(name)} & outward} == {"notify"}


def test_mail_goes_out_from_the_senders_address_alone(prod: Assembled) -> None:
    (statement,) = (
        statement
        for policy in prod.resources("AWS::IAM::Policy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if "ses:SendEmail" in statement["Action"]
    )
    assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": prod.stage.sender}}
