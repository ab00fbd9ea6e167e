import gc
from io import StringIO

from rich.console import Console
from rich.table import Table

from bench import tables
from bench.deciding import HAND, OURS, PEERS, Figure
from bench.engines.engine import Engine
from bench.timing import Work, affordable, least_micros, undisturbed


def printed(table: Table) -> list[str]:
    file = StringIO()
    console = Console(width=200, file=file)
    console.print(table)
    return [" ".join(line.split()) for line in file.getvalue().splitlines() if line.strip()]


def figure(engine: Engine, micros: float, version: str = "") -> Figure:
    return Figure(engine, version, micros, accounts=100_000, compile_seconds=0.0015)


def test_engines_stand_fastest_first_with_ratio_and_target() -> None:
    figures = [figure(PEERS[0], 30, "5.9.0"), figure(PEERS[2], 3, "2.1.3"), figure(OURS, 2), figure(HAND, 1)]

    _, _, hand, ours, close, far = printed(tables.deciding("Ten rules", figures, {OURS.imports: 0.055}))

    assert hand.startswith("0.50 plain Python ifs 1.00 100,000 1.50 ≥ 0.5 met")
    assert ours.startswith("1.00 Tierwright 2.00 100,000 1.50 55 ")
    assert close.startswith("1.50 zen-engine 2.1.3 3.00 100,000 1.50 ≥ 10 missed")
    assert far.startswith("15 datalogic-py 5.9.0 30.00 100,000 1.50 ≥ 10 met")


def test_decoders_stand_fastest_first() -> None:
    lines = printed(tables.decoding("Decoding", {"ours": 10, "slow": 25, "fast": 5}, "ours"))

    assert lines[2:] == ["0.50 fast 5.0", "1.00 ours 10.0", "2.50 slow 25.0"]


def test_the_whole_is_held_to_twenty_thousand_a_second() -> None:
    reached = printed(tables.steps("Steps", {"decode": 25, "+ decide": 50}))
    missed = printed(tables.steps("Steps", {"decode": 25, "+ decide": 51}))

    assert reached[2:] == ["40,000 decode 25.0", "20,000 + decide 50.0 ≥ 20,000 met"]
    assert missed[3] == "19,608 + decide 51.0 ≥ 20,000 missed"


def test_each_is_timed_by_name_with_garbage_collection_off_and_on_again_after_it() -> None:
    collecting: list[bool] = []

    with undisturbed():
        micros = least_micros({"subject": {"one": Work(lambda _: collecting.append(gc.isenabled()), [1, 2])}})

    assert micros.keys() == {"subject"}
    assert micros["subject"].keys() == {"one"}
    assert set(collecting) == {False}
    assert gc.isenabled()


def test_however_slow_an_engine_is_it_gets_the_trials_accounts() -> None:
    assert affordable(Work(lambda _: None, [1, 2, 3]), 0) == 3
