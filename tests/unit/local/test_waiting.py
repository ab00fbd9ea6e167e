import pytest

from local.waiting import TooSlow, wait_for


def test_gives_the_first_answer_there_is() -> None:
    answers = iter([None, False, 0])
    assert wait_for("an answer", lambda: next(answers), seconds=60) == 0


def test_names_what_did_not_happen() -> None:
    with pytest.raises(TooSlow, match="the mail: not within 0 s"):
        wait_for("the mail", lambda: None, seconds=0)
