from bench.accounts import CATALOGUE, NOW, account, accounts_values, item
from bench.by_hand import alerts, first_rule
from bench.decoding import by_boto, by_pynamo, map_item, maps_by_boto, maps_by_pynamo
from shared.accounts.merge import revalued
from shared.aws.dynamodb.account_rows import account_of

MANY = accounts_values(2_000)


def test_accounts_are_the_same_each_time_and_whatever_their_number() -> None:
    assert accounts_values(50) == MANY[:50]


def test_each_rule_is_some_accounts_first_and_some_meet_none() -> None:
    assert {first_rule(values) for values in MANY} == {None, *range(10)}


def test_each_of_the_fifty_conditions_holds_for_some_and_not_for_others() -> None:
    answers = list(zip(*map(alerts, MANY), strict=True))

    assert len(answers) == 50
    assert all(set(answer) == {True, False} for answer in answers)


def test_values_are_what_an_accounts_records_combine_to() -> None:
    for index, values in enumerate(MANY[:200]):
        built = account(values, index)

        assert revalued(built, CATALOGUE, NOW, before=built).account.values == values


def test_each_decoder_makes_the_same_account_of_an_item() -> None:
    for index, values in enumerate(MANY[:200]):
        built = account(values, index)

        assert account_of(item(built)) == by_boto(item(built)) == by_pynamo(item(built)) == built


def test_an_item_of_maps_holds_the_same_values() -> None:
    for index, values in enumerate(MANY[:200]):
        raw = map_item(account(values, index))
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

        assert maps_by_boto(raw)["values"] == plain
        assert maps_by_pynamo(raw)["values"].attribute_values == plain
