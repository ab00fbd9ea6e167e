"""What every list of accounts holds to."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.accounts.listing import AccountFilter, BadCursor
from shared.accounts.standing import Answer, Cause, Request
from shared.accounts.store import AccountChange
from shared.aws.dynamodb import account_lists
from shared.aws.dynamodb.accounts import DynamoAccounts
from tests.contract.builders import ACME, NOW, TIER_1, TIER_2, account, change, moved, stored, tier_change
from tests.contract.conftest import Accounts

MAX_PAGES = 100
OWNERS = [None, "u-1", "u-2"]
FILTERS = [
    AccountFilter(),
    AccountFilter(tier=TIER_1),
    AccountFilter(owner="u-1"),
    AccountFilter(tier=TIER_2, owner="u-2"),
    AccountFilter(stage="live"),
    AccountFilter(tier=TIER_1, stage="live"),
    AccountFilter(text="ACC 1"),
    AccountFilter(text="A7"),
    AccountFilter(owner="nobody"),
    AccountFilter(owner=""),
    AccountFilter(owner="x" * 3_000),
    AccountFilter(requested=True),
    AccountFilter(requested=False, tier=TIER_2),
]


def populated(accounts: Accounts) -> list[Account]:
    """30 accounts over three tiers, owners and stages; every tenth is archived."""
    made = []
    for number in range(30):
        new = account(
            f"a{number}",
            values={"name": f"Acc {number}", "owner": OWNERS[number % 3] or "", "stage": ("live", "")[number % 2]},
            tier=(TIER_1, TIER_2, None)[number % 5 % 3],
        )
        if number % 4 == 1:
            answer = Answer(approved=False, by="m", at=NOW) if number % 8 == 1 else None
            new = replace(new, request=Request(TIER_1, "a logo", "u-1", NOW, answer=answer))
        made.append(stored(accounts, replace(new, merged_into=ACME if number % 10 == 0 else None)))
    return made


def walked(accounts: Accounts, where: AccountFilter, limit: int) -> list[Account]:
    found: list[Account] = []
    cursor = None
    for _ in range(MAX_PAGES):
        page = accounts.page(where, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found.extend(page.items)
        if page.cursor is None:
            return found
        cursor = page.cursor
    raise AssertionError("the list has no end")


@pytest.mark.parametrize("where", FILTERS, ids=str)
def test_pages_show_each_matching_account_once(accounts: Accounts, where: AccountFilter) -> None:
    expected = {item.id: item for item in populated(accounts) if where.matches(item)}

    for limit in (3, 200):
        found = walked(accounts, where, limit)

        assert {item.id: item for item in found} == expected
        assert len(found) == len(expected)


def test_the_next_page_goes_on_where_an_account_has_left_the_list(accounts: Accounts) -> None:
    for number in range(12):
        stored(accounts, account(f"a{number}", tier=TIER_1))
    first = accounts.page(AccountFilter(tier=TIER_1), limit=5, cursor=None)
    last = first.items[-1]
    stored(accounts, replace(last, standing=replace(last.standing, tier=TIER_2)))

    rest = accounts.page(AccountFilter(tier=TIER_1), limit=50, cursor=first.cursor)

    assert len({item.id for item in (*first.items, *rest.items)}) == 12


def test_a_page_that_examined_enough_is_empty_and_has_a_cursor(
    dynamo_accounts: DynamoAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_lists, "MAX_EXAMINED", 10)
    for number in range(25):
        stored(dynamo_accounts, account(f"a{number}"))

    empty = dynamo_accounts.page(AccountFilter(text="nobody"), limit=5, cursor=None)

    assert empty.items == ()
    assert empty.cursor is not None
    assert walked(dynamo_accounts, AccountFilter(text="a24"), 5) == [dynamo_accounts.get(AccountId("a24"))]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "====",
        "Größe",
        "\x00",
        "a" * 100_000,
        *(
            base64.urlsafe_b64encode(text.encode()).decode()
            for text in (
                "{}",
                "[]",
                "7",
                "[" * 2_000,
                '["by_tier"]',
                '["by_tier","9","a"]',
                '["by_tier","-1","a"]',
                '["by_tier","0",""]',
                '["by_tier",0,"a"]',
                '["by_tier","0","\\ud800"]',
                json.dumps(["by_tier", "0", "x" * 2_000]),
                '["accounts",""]',
                '["accounts",{}]',
                '["history","1e9"]',
                '["history","99999999999999999999999"]',
            )
        ),
    ],
)
def test_a_cursor_of_another_is_refused(accounts: Accounts, cursor: str) -> None:
    stored(accounts, account(tier=TIER_1))

    with pytest.raises(BadCursor):
        accounts.page(AccountFilter(), limit=5, cursor=cursor)
    with pytest.raises(BadCursor):
        accounts.page(AccountFilter(tier=TIER_1), limit=5, cursor=cursor)
    with pytest.raises(BadCursor):
        accounts.history_page(ACME, limit=5, cursor=cursor)
    with pytest.raises(BadCursor):
        accounts.ids(segment=0, segments=1, start=cursor, limit=5)


def test_the_history_is_paged_newest_first(accounts: Accounts) -> None:
    current = account()
    for tier in (TIER_1, TIER_2, TIER_1, TIER_2, TIER_1):
        current = moved(current, tier)
        current = accounts.commit(AccountChange(current, Cause.TIER, history=tier_change(current)))

    first = accounts.history_page(ACME, limit=2, cursor=None)
    second = accounts.history_page(ACME, limit=2, cursor=first.cursor)
    third = accounts.history_page(ACME, limit=2, cursor=second.cursor)

    assert [row.version for page in (first, second, third) for row in page.items] == [5, 4, 3, 2, 1]
    assert third.cursor is None
    assert accounts.history_page(AccountId("nobody"), limit=2, cursor=None).items == ()
    assert accounts.history_page(AccountId(""), limit=2, cursor=None).items == ()


def test_due_are_those_after_one_moment_until_another(accounts: Accounts) -> None:
    step = timedelta(microseconds=1)
    for number in range(-2, 3):
        stored(accounts, account(f"a{number}", due_at=NOW + number * step))
    stored(accounts, account("never"))
    past = stored(accounts, account("past", due_at=NOW))
    stored(accounts, replace(past, due_at=None))

    assert sorted(accounts.due(after=NOW - step, until=NOW + step)) == ["a0", "a1"]
    assert accounts.due(after=NOW, until=NOW) == []
    assert accounts.due(after=NOW + step, until=NOW - step) == []


def test_the_walk_names_every_account_archived_ones_too(accounts: Accounts) -> None:
    expected = {item.id for item in populated(accounts)}

    found: list[AccountId] = []
    start = None
    for _ in range(MAX_PAGES):
        page = accounts.ids(segment=0, segments=1, start=start, limit=7)
        found.extend(page.items)
        start = page.cursor
        if start is None:
            break

    assert sorted(found) == sorted(expected)


def test_a_tiers_accounts_are_counted_up_to_a_limit(accounts: Accounts) -> None:
    for number in range(7):
        stored(accounts, account(f"a{number}", tier=TIER_1))
    stored(accounts, account("other", tier=TIER_2))
    gone = stored(accounts, account("gone", tier=TIER_1))
    kept = stored(accounts, account("kept"))
    accounts.commit(change(kept, absorbed=gone))

    assert accounts.in_tier(TIER_1, at_most=100) == 7
    assert accounts.in_tier(TIER_1, at_most=3) == 3
    assert accounts.in_tier(TIER_2, at_most=100) == 1


def test_accounts_are_numbered_archived_ones_too(accounts: Accounts) -> None:
    assert accounts.number() == 0
    for number in range(3):
        stored(accounts, account(f"a{number}", tier=TIER_1))
    accounts.commit(change(stored(accounts, account("kept")), absorbed=stored(accounts, account("gone"))))

    assert accounts.number() == 5


def test_an_account_that_comes_between_two_walks_moves_no_other_to_another_segment(accounts: Accounts) -> None:
    def segment_of() -> dict[AccountId, int]:
        pages = [(number, accounts.ids(segment=number, segments=4, start=None, limit=100)) for number in range(4)]
        return {key: number for number, page in pages for key in page.items}

    for number in range(20):
        stored(accounts, account(f"b-{number:02}"))
    before = segment_of()
    stored(accounts, account("a"))

    after = segment_of()
    assert len(before) == 20
    assert {key: after[key] for key in before} == before
