import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.accounts import accounts_values
from bench.deciding import HAND, Disagreement, Question, agree, each_of, first_of
from bench.engines.engine import Ask
from bench.engines.ours import ByHand
from bench.rules import Rules

ROOT = Path(__file__).parents[3]
INSTALLED = ROOT / ".bench" / "bin" / "python"
ACCOUNTS = accounts_values(1_000)
FIRST, EACH = first_of(Rules.policy()), each_of(Rules.alerts())


@dataclass(frozen=True, slots=True)
class Hasty(ByHand):
    """Never finds a rule that holds."""

    def first(self, _: Any) -> Ask:
        return lambda _: None


@pytest.mark.parametrize("question", [FIRST, EACH], ids=["first", "each"])
def test_plain_ifs_answer_as_the_engine_does(question: Question) -> None:
    agree(question, HAND, ACCOUNTS)


def test_an_engine_that_answers_otherwise_is_no_peer() -> None:
    with pytest.raises(Disagreement, match="plain Python ifs says -1, not"):
        agree(FIRST, Hasty(), ACCOUNTS)


@pytest.mark.skipif(not INSTALLED.exists(), reason="`make bench` installs the other engines")
def test_the_other_engines_answer_as_ours_does() -> None:
    code = (
        "from bench.accounts import accounts_values\n"
        "from bench.deciding import PEERS, Rules, agree, each_of, first_of\n"
        "for question in first_of(Rules.policy()), each_of(Rules.alerts()):\n"
        "    for engine in PEERS:\n"
        "        agree(question, engine, accounts_values(40))\n"
    )
    subprocess.run([str(INSTALLED), "-c", code], cwd=ROOT, check=True)  # noqa: S603
