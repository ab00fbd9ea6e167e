"""What is kept can't be lost by a deployment, and stands as the stores read it."""

import pytest

from shared.access.people import Role
from shared.runtime.tables import TABLES, Key, Table
from tests.infra.assembled import Assembled, Json

NAMES = [table.name for table in TABLES]


def _schema(hash_: Key, range_: Key | None) -> list[Json]:
    keys = [{"AttributeName": hash_.name, "KeyType": "HASH"}]
    return keys + ([{"AttributeName": range_.name, "KeyType": "RANGE"}] if range_ else [])


def _kinds(table: Table) -> dict[str, str]:
    keys = [table.hash, table.range, *(key for index in table.indexes for key in (index.hash, index.range))]
    return {key.name: key.kind.value for key in keys if key}


def _properties(assembled: Assembled, name: str) -> Json:
    return assembled.named("AWS::DynamoDB::Table")[name].properties


def test_there_is_each_table_and_no_other(prod: Assembled) -> None:
    assert sorted(prod.named("AWS::DynamoDB::Table")) == sorted(NAMES)


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_a_table_has_its_shape(prod: Assembled, table: Table) -> None:
    properties = _properties(prod, table.name)
    indexes = {each["IndexName"]: each["KeySchema"] for each in properties.get("GlobalSecondaryIndexes", [])}
    kinds = {each["AttributeName"]: each["AttributeType"] for each in properties["AttributeDefinitions"]}
    stream, expiry = properties.get("StreamSpecification", {}), properties.get("TimeToLiveSpecification", {})
    assert properties["KeySchema"] == _schema(table.hash, table.range)
    assert indexes == {index.name: _schema(index.hash, index.range) for index in table.indexes}
    assert kinds == _kinds(table)
    assert stream.get("StreamViewType") == ("NEW_IMAGE" if table.stream else None)
    assert expiry.get("AttributeName") == table.time_to_live


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_paid_by_the_request_and_its_indexes_hold_keys_alone(prod: Assembled, name: str) -> None:
    properties = _properties(prod, name)
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    for index in properties.get("GlobalSecondaryIndexes", []):
        assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


@pytest.mark.parametrize("name", NAMES)
def test_a_table_can_be_restored_and_survives_its_stack(prod: Assembled, name: str) -> None:
    table = prod.named("AWS::DynamoDB::Table")[name]
    assert table.properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table.properties["DeletionProtectionEnabled"]
    assert (table.whole["DeletionPolicy"], table.whole["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_users_survive_their_stack(prod: Assembled) -> None:
    (pool,) = prod.resources("AWS::Cognito::UserPool")
    assert pool.properties["DeletionProtection"] == "ACTIVE"
    assert pool.whole["DeletionPolicy"] == "Retain"


def test_a_trial_leaves_nothing_behind(local: Assembled) -> None:
    kept = [*local.resources("AWS::DynamoDB::Table"), *local.resources("AWS::Cognito::UserPool")]
    assert {resource.whole["DeletionPolicy"] for resource in kept} == {"Delete"}
    assert not any(resource.properties.get("DeletionProtectionEnabled") for resource in kept)


def test_users_are_invited_with_strong_passwords_in_a_group_a_role(prod: Assembled) -> None:
    (pool,) = prod.resources("AWS::Cognito::UserPool")
    assert pool.properties["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    policy = pool.properties["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] >= 12
    assert all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"))
    groups = {group.properties["GroupName"] for group in prod.resources("AWS::Cognito::UserPoolGroup")}
    assert groups == {role.value for role in Role}


def test_the_client_is_no_oauth_client_and_tells_nobody_who_exists(prod: Assembled) -> None:
    (client,) = (each.properties for each in prod.resources("AWS::Cognito::UserPoolClient"))
    assert not client["AllowedOAuthFlowsUserPoolClient"]
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert set(client["ExplicitAuthFlows"]) == {
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    }
