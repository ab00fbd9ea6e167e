"""What is noted of a source costs a write only where something is new."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shared.ingestion.notebook import AGAIN, MAX_PROPERTIES, Notebook
from shared.ingestion.tally import UNMAPPED, Tally, rejected
from shared.memory.runs import KEPT_REJECTS, MemoryRuns
from shared.runtime.failures import Retryable
from tests.unit.ingestion.builders import NOW

WRITTEN = Tally({"written": 1})
UNCHANGED = Tally({"unchanged": 1})


class Counted(MemoryRuns):
    def __init__(self) -> None:
        super().__init__()
        self.notes = 0
        self.down = False

    def note(
        self, source: str, *, at: datetime, counts: Mapping[str, int], rejects: Sequence[Mapping[str, str]]
    ) -> None:
        if self.down:
            raise Retryable("throttled")
        self.notes += 1
        super().note(source, at=at, counts=counts, rejects=rejects)


def noted(*tallies: Tally, reports: Counted | None = None) -> Counted:
    reports = reports or Counted()
    notebook = Notebook(reports)
    for tally in tallies:
        notebook.note("recurly", tally, NOW)
    return reports


def test_the_first_record_written_is_noted_and_those_after_it_wait() -> None:
    reports = noted(WRITTEN, WRITTEN, WRITTEN)

    assert reports.notes == 1
    assert reports.status("recurly")["last_at"] == NOW


def test_a_delivery_that_says_nothing_new_costs_no_note() -> None:
    assert noted(UNCHANGED, UNCHANGED).notes == 0


def test_counts_that_waited_go_along_with_the_next_note() -> None:
    reports = noted(UNCHANGED, WRITTEN, WRITTEN, rejected("recurly:a", "too large"))

    assert reports.notes == 2
    assert reports.status("recurly")["counts"] == {"unchanged": 1, "written": 2, "rejected": 1}


def test_an_hour_later_a_source_that_sends_is_noted_again() -> None:
    reports = Counted()
    notebook = Notebook(reports)

    for after in (timedelta(0), AGAIN - timedelta(seconds=1), AGAIN):
        notebook.note("recurly", WRITTEN, NOW + after)

    assert reports.notes == 2
    assert reports.status("recurly")["last_at"] == NOW + AGAIN


def test_the_same_reject_is_noted_once_and_another_at_once() -> None:
    reports = noted(rejected("recurly:a", "too large"), rejected("recurly:a", "too large"), rejected("recurly:b", "x"))

    assert reports.status("recurly")["rejects"] == [
        {"record": "recurly:b", "reason": "x"},
        {"record": "recurly:a", "reason": "too large"},
    ]


def test_a_property_that_no_field_takes_is_noted_when_it_first_comes() -> None:
    unmapped = Tally({"written": 1, f"{UNMAPPED}colour": 1})

    assert noted(WRITTEN, unmapped, unmapped).notes == 2


def test_a_sender_that_invents_properties_does_not_grow_the_status_without_end() -> None:
    reports = noted(Tally({f"{UNMAPPED}{number}{'x' * 200}": 1 for number in range(3 * MAX_PROPERTIES)}))

    counts = reports.status("recurly")["counts"]
    assert isinstance(counts, dict)
    assert len(counts) == MAX_PROPERTIES + 1
    assert counts[f"{UNMAPPED}(others)"] == 2 * MAX_PROPERTIES
    assert max(map(len, counts)) < 100


def test_a_status_that_can_not_be_noted_now_holds_nothing_up_and_is_noted_later() -> None:
    reports = Counted()
    notebook = Notebook(reports)
    reports.down = True
    notebook.note("recurly", WRITTEN, NOW)
    reports.down = False

    notebook.note("recurly", WRITTEN, NOW)

    assert reports.status("recurly")["counts"] == {"written": 2}


def test_why_a_record_was_refused_is_noted_with_the_next_thing_where_it_could_not_be_at_once() -> None:
    """Its sender was told 200 and does not send it again: no other place has the reason."""
    reports = Counted()
    notebook = Notebook(reports)
    reports.down = True
    notebook.note("recurly", rejected("recurly:a", "too large"), NOW)
    notebook.note("recurly", rejected("recurly:b", "no id"), NOW)
    reports.down = False

    notebook.note("recurly", UNCHANGED, NOW)
    notebook.note("recurly", UNCHANGED, NOW)

    assert reports.notes == 1
    assert reports.status("recurly")["rejects"] == [
        {"record": "recurly:a", "reason": "too large"},
        {"record": "recurly:b", "reason": "no id"},
    ]


def test_of_many_refusals_that_could_not_be_noted_the_newest_wait_as_many_as_a_status_shows() -> None:
    reports = Counted()
    notebook = Notebook(reports)
    reports.down = True
    for number in range(3 * KEPT_REJECTS):
        notebook.note("recurly", rejected(f"recurly:{number}", "too large"), NOW)
    reports.down = False

    notebook.note("recurly", UNCHANGED, NOW)

    rejects = reports.status("recurly")["rejects"]
    assert isinstance(rejects, list)
    assert [reject["record"] for reject in rejects] == [f"recurly:{2 * KEPT_REJECTS + n}" for n in range(KEPT_REJECTS)]
