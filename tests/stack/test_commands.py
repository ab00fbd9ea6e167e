"""The README's commands, as a new user runs them: the story is told, a repeat makes no second mail, a restart forgets
nothing.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import urllib3

from local.home import REPOSITORY

SECONDS = 300


class User:
    """Somebody at a terminal, with a stack of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.card = ""
        """What the first start printed."""

    def make(self, *words: str) -> str:
        """What the command printed; it must succeed. `AUTH` is inherited, so that the story is told under IAM too."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTEST", "COV"))
        }
        done = subprocess.run(  # noqa: S603 - the project's own targets
            ["make", "-s", *words, f"LOCAL={self.folder}"],  # noqa: S607 - make is what a user has
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"make {' '.join(words)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @property
    def stack(self) -> Mapping[str, Any]:
        content: Mapping[str, Any] = json.loads((self.folder / "stack.json").read_text())
        return content

    def mails(self) -> int:
        return len(urllib3.request("GET", f"{self.stack['mailbox_url']}/messages.json").json()["messages"])


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    """Has a running stack whose story was told; it is stopped and forgotten at the end."""
    user = User(tmp_path_factory.mktemp("home") / "stack")
    try:
        user.card = user.make("up", "DETACH=1")
        yield user
    finally:
        user.make("reset")
        assert not user.folder.exists()


def test_the_first_start_tells_the_story_and_hands_over_the_wheel(user: User) -> None:
    assert re.search(
        r"Acme Inc: Tier 1: High touch → Tier 2: Moderate touch in \d+\.\d s\. MRR 1,225\.00 → 640\.00; "
        r"Tier 1: High touch needs 1,000\.00 \(360\.00 short\)\.",
        user.card,
    )
    assert "make send ACCOUNT=acme MRR=1400" in user.card
    for address in (user.stack["api_url"], user.stack["mailbox_url"], f"{user.stack['api_url']}/docs"):
        assert address in user.card


def test_the_demos_customers_are_in_three_tiers_with_a_csm_each_and_their_accounts_summed(user: User) -> None:
    page = _get(user, "/v1/accounts?limit=200")

    linked = [account["external_ids"]["recurly"] for account in page["items"]]
    assert sum(map(len, linked)) == 200
    assert {len(codes) for codes in linked} == {1, 2}
    assert {account["tier"]["id"] for account in page["items"]} == {"tier-1", "tier-2", "tier-3"}
    assert all(account["owner"] for account in page["items"])


def test_a_change_at_the_billing_system_is_followed_and_fifty_repeats_make_one_mail(user: User) -> None:
    raised = user.make("send", "ACCOUNT=acme", "MRR=1400")
    before = user.mails()
    lowered = user.make("send", "ACCOUNT=acme", "MRR=600", "TIMES=50")

    assert "Tier 2: Moderate touch → Tier 1: High touch" in raised
    assert "daily digest" in raised
    assert "Tier 1: High touch → Tier 2: Moderate touch" in lowered
    assert user.mails() == before + 1


def test_the_state_survives_a_restart(user: User) -> None:
    before = user.mails()

    user.make("down")
    card = user.make("up", "DETACH=1")

    assert "Acme Inc" not in card
    assert user.mails() == before
    assert _get(user, "/v1/accounts?external_id=recurly:acme")["items"][0]["name"] == "Acme Inc"


def _get(user: User, path: str) -> Mapping[str, Any]:
    token = user.make("token", "ROLE=viewer").strip()
    answer = urllib3.request("GET", f"{user.stack['api_url']}{path}", headers={"authorization": f"Bearer {token}"})
    assert answer.status == 200
    content: Mapping[str, Any] = answer.json()
    return content
