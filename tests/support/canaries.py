"""Words that are planted and must come up nowhere, and an ear for all that a function would log."""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from shared.runtime import telemetry


class Canaries(dict[str, str]):
    """A word of its own for each place, made at first use: `canaries["an owner's address"]`."""

    def __missing__(self, place: str) -> str:
        self[place] = word = f"zq{len(self):03}canary{abs(hash(place)) % 10**8:08}"
        return word

    def address(self, place: str) -> str:
        return f"{self[place]}@example.com"

    def heard_in(self, text: str) -> list[str]:
        """The places whose word is in `text`."""
        return [place for place, word in self.items() if word in text]


class _Everything(logging.Handler):
    """Each record whole: message, arguments, extras, and the traceback with it."""

    def __init__(self, heard: StringIO) -> None:
        super().__init__(logging.DEBUG)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        raised = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self._heard.write(f"{record.getMessage()} {record.__dict__!r} {raised}\n")


@contextmanager
def listening() -> Iterator[StringIO]:
    """All that is logged by whatever logger at whatever level, or written to the standard streams, meanwhile."""
    heard, root = StringIO(), logging.getLogger()
    everything, level, streams = _Everything(heard), root.level, (sys.stdout, sys.stderr)
    quiet = [found for name in [*root.manager.loggerDict] if (found := logging.getLogger(name)).level > logging.DEBUG]
    levels = {found: found.level for found in quiet}
    root.addHandler(everything)
    root.setLevel(logging.DEBUG)
    for found in quiet:
        found.setLevel(logging.NOTSET)
    sys.stdout = sys.stderr = heard
    try:
        yield heard
    finally:
        sys.stdout, sys.stderr = streams
        root.removeHandler(everything)
        root.setLevel(level)
        for found, its in levels.items():
            found.setLevel(its)


class Broken:
    """A port whose every call fails with what it was told to."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fails(*_: object, **__: object) -> Any:
            raise self._error

        return fails


@dataclass
class Planted:
    words: Canaries = field(default_factory=Canaries)
    logs: dict[str, str] = field(default_factory=dict)

    def run(self, function: str, work: Callable[[], object]) -> object:
        """As Lambda runs it: what it raises goes to the platform's log."""
        with listening() as heard:
            try:
                with telemetry.invocation():
                    return work()
            except telemetry.InvocationFailed as error:
                heard.write("".join(traceback.format_exception(error)))
                return None
            finally:
                self.logs[function] = self.logs.get(function, "") + heard.getvalue()

    def found(self) -> dict[str, list[str]]:
        return {name: heard for name, text in self.logs.items() if (heard := self.words.heard_in(text))}
