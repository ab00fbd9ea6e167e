"""The comparison itself: it tells what differs by account and field, and keeps its own list true."""

from collections.abc import Mapping
from dataclasses import fields

import pytest

from tests.simulation.mutants.flow import FLOW
from tests.worlds import __main__ as command_line
from tests.worlds.comparing import EACH, Known, compare, listed, missed
from tests.worlds.making import make
from tests.worlds.memory import memory
from tests.worlds.oracle import foretold
from tests.worlds.outcome import Outcome
from tests.worlds.scenario import Scenario
from tests.worlds.state import COMPARED, EndState, stripped
from tests.worlds.world import NotAtRest, play

MRR = Known("values mrr", "memory", "for the sake of a test")
ACCOUNT = "generic:w-000"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return make("1", 400)


@pytest.fixture(scope="module")
def state(scenario: Scenario) -> EndState:
    with memory("1") as world:
        return play(scenario, world)


def _changed(state: EndState, subject: str, **values: object) -> EndState:
    return {**state, subject: {**state[subject], **{name.replace("_", " "): value for name, value in values.items()}}}


def test_worlds_that_end_alike_do_not_differ(state: EndState) -> None:
    assert str(compare({"memory": state, "moto": state}, [])) == ""


@pytest.mark.parametrize("field", ["values mrr", "standing tier", "history 1 after", f"link {ACCOUNT} stated"])
def test_a_value_that_differs_is_told_by_account_field_and_world(state: EndState, field: str) -> None:
    tampered = {**state, ACCOUNT: {**state[ACCOUNT], field: "tampered"}}

    found = str(compare({"memory": state, "moto": tampered}, []))

    assert found == f"{ACCOUNT}, {field}: {state[ACCOUNT][field]} (memory), tampered (moto)"


def test_what_is_only_in_one_world_is_told(state: EndState) -> None:
    without = {subject: fields for subject, fields in state.items() if subject != ACCOUNT}
    doubled = {**state, "dead letters": {**state["dead letters"], "hints: generic:w-000 version 3": "there"}}

    assert f"{ACCOUNT}, standing tier" in str(compare({"memory": without, "moto": state}, []))
    assert "generic:w-000 version 3: there (memory), nothing (moto)" in str(
        compare({"memory": doubled, "moto": state}, [])
    )


def test_a_listed_difference_is_counted_and_no_failure(state: EndState) -> None:
    tampered = {**state, ACCOUNT: {**state[ACCOUNT], "values mrr": 1}}

    comparison = compare({"memory": tampered, "moto": state, "local stack": state}, [MRR])

    assert comparison.held
    assert comparison.listed == {MRR: 1}


def test_a_listed_difference_of_another_world_is_a_failure(state: EndState) -> None:
    tampered = {**state, ACCOUNT: {**state[ACCOUNT], "values mrr": 1}}

    assert compare({"memory": state, "moto": tampered, "local stack": state}, [MRR]).unlisted


def test_a_listed_difference_that_is_not_there_any_more_is_a_failure(state: EndState) -> None:
    comparison = compare({"memory": state, "moto": state}, [MRR])

    assert not comparison.held
    assert str(comparison) == "listed, and not there any more: values mrr, memory alone"


def test_the_oracle_sees_what_is_wrong_lost_or_too_much(scenario: Scenario, state: EndState) -> None:
    expected = foretold(scenario).state()
    lowered = {field: value for field, value in state[ACCOUNT].items() if not field.startswith("history 1")}

    assert missed(expected, "memory", state) == []
    for tampered in (
        {**state, ACCOUNT: {**state[ACCOUNT], "standing tier": "tier-0"}},
        {**state, ACCOUNT: lowered},
        {**state, ACCOUNT: {**state[ACCOUNT], "history 9 after": "tier-1"}},
        {**state, "generic:forged": {"standing tier": "tier-1"}},
    ):
        assert missed(expected, "memory", tampered)


def test_every_field_is_compared_that_is_not_stripped_with_its_reason() -> None:
    known = {f"{kind.__name__}.{each.name}" for kind in COMPARED for each in fields(kind)}

    assert {*stripped()} <= known
    assert all([*stripped().values(), *(each.why for each in listed())])


def test_a_listed_difference_of_each_world_leaves_no_two_alike(state: EndState) -> None:
    known = [Known("values mrr", EACH, "for the sake of a test")]
    one, two, three = ({**state, ACCOUNT: {**state[ACCOUNT], "values mrr": mrr}} for mrr in (1, 2, 3))

    assert compare({"memory": one, "moto": two, "local stack": three}, known).held
    assert compare({"memory": one, "moto": two, "local stack": two}, known).unlisted


def test_the_command_says_what_differs_and_how_to_see_it_again_and_fails(
    scenario: Scenario, state: EndState, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(moto: EndState) -> tuple[int, str]:
        seconds = {"memory": 1.0, "moto": 1.0}
        struck: dict[str, Mapping[str, int]] = {"memory": {"crash": 1}, "moto": {}}
        outcome = Outcome(scenario, {"memory": state, "moto": moto}, struck, seconds)
        monkeypatch.setattr(command_line, "played", lambda *_: outcome)
        monkeypatch.setattr("sys.argv", ["worlds", "--seed", "1", "--deliveries", "400"])
        return command_line.main(), capsys.readouterr().out

    status, said = command({**state, ACCOUNT: {**state[ACCOUNT], "standing tier": "tier-0"}})
    assert status == 1
    assert f"{ACCOUNT}, standing tier: {state[ACCOUNT]['standing tier']} (memory), tier-0 (moto)" in said
    assert "make worlds SEED=1 DELIVERIES=400" in said

    monkeypatch.setattr("tests.worlds.comparing.listed", list)
    assert command(state)[0] == 0


def test_a_world_that_goes_on_for_ever_is_told_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def restless(*_: object) -> Outcome:
        raise NotAtRest("memory: not at rest after 12:00:00")

    monkeypatch.setattr(command_line, "played", restless)
    monkeypatch.setattr("sys.argv", ["worlds", "--seed", "1", "--deliveries", "400"])

    assert command_line.main() == 1
    assert "not at rest after 12:00:00\nit happens again with: make worlds SEED=1" in capsys.readouterr().out


def test_a_message_that_comes_again_and_again_is_seen() -> None:
    mutant = next(each for each in FLOW if each.name == "retry without limit")
    with mutant.applied(), pytest.raises(NotAtRest), memory("1") as world:
        play(make("1"), world)
