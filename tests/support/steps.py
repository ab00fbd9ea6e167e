"""What a piece of work costs, the same on every machine: Python's calls and turns of loops, counted."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType

_EVENTS = sys.monitoring.events
_COUNTED = _EVENTS.PY_START | _EVENTS.PY_RESUME | _EVENTS.JUMP


@dataclass(slots=True)
class Steps:
    taken: int = 0


@contextmanager
def counted() -> Iterator[Steps]:
    """Steps taken within; of other threads too."""
    steps, tool = Steps(), sys.monitoring.PROFILER_ID

    def step(_: CodeType, __: int, ___: int = 0) -> None:
        steps.taken += 1

    sys.monitoring.use_tool_id(tool, "steps")
    try:
        for event in (_EVENTS.PY_START, _EVENTS.PY_RESUME, _EVENTS.JUMP):
            sys.monitoring.register_callback(tool, event, step)
        sys.monitoring.set_events(tool, _COUNTED)
        yield steps
    finally:
        sys.monitoring.set_events(tool, _EVENTS.NO_EVENTS)
        sys.monitoring.free_tool_id(tool)
