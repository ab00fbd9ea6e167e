"""What one function writes on a queue, another reads."""

import pytest

from shared.accounts.identity import AccountId
from shared.runtime.messages import (
    BadMessage,
    DecideAccounts,
    DecideAll,
    EvaluateAlerts,
    SendHeld,
    SendNotices,
    SyncSource,
    Work,
    read,
    write,
)


@pytest.mark.parametrize(
    "work",
    [
        DecideAccounts((AccountId("a"), AccountId("b")), "policy"),
        DecideAccounts((AccountId("a"),), "policy", skipping=7),
        DecideAll("run", 2, 0, 4, None),
        EvaluateAlerts(AccountId("a")),
        SendNotices(("n",)),
        SendHeld("someone"),
        SyncSource("recurly", None),
    ],
)
def test_work_survives_its_message(work: Work) -> None:
    message = write(work, delay_seconds=5)

    assert read(message.body, [type(work)]) == work
    assert message.delay_seconds == 5


def test_what_is_as_by_default_is_left_out() -> None:
    assert write(DecideAccounts((AccountId("a"),), "policy")).body == (
        '{"do":"DecideAccounts","account_ids":["a"],"cause":"policy"}'
    )


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"do": "Dance"}', '{"do": "SendHeld"}', '{"do": {}}'])
def test_what_is_no_message_is_refused(body: str) -> None:
    with pytest.raises(BadMessage):
        read(body, [SendHeld])


def test_work_for_another_queue_is_refused() -> None:
    with pytest.raises(BadMessage, match="EvaluateAlerts is not for this queue"):
        read(write(EvaluateAlerts(AccountId("a"))).body, [SendHeld, SendNotices])
