"""Mends the emulator's saved state before it is read again: what it keeps of a process that is gone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

type Json = dict[str, Any]

_POSITIONS = "dynamodb_stream_positions"


def mend(folder: Path, mails: Path, *, port_before: int | None, port: int) -> None:
    """Does nothing where no state was saved. `mails`: the kept ones, whose links lead to the emulator too."""
    if port_before is not None and port_before != port:
        for file in (*folder.glob("*.json"), *mails.parent.glob(mails.name)):
            file.write_text(moved(file.read_text(), port_before, port))
    _change(folder / "lambda.json", begin_streams)
    _change(folder / "sqs.json", hand_out_again)


def moved(text: str, before: int, now: int) -> str:
    """The emulator's own address stands in queues' URLs, functions' environments, mails."""
    return text.replace(f"127.0.0.1:{before}", f"127.0.0.1:{now}")


def begin_streams(state: Json) -> None:
    """The streams' records are not saved, yet the readers' positions are: each would pass over as many new records as
    it had read.
    """
    state[_POSITIONS] = {**state[_POSITIONS], "data": {}}


def hand_out_again(state: Json) -> None:
    """A message that a worker had when the emulator stopped is visible at once: that worker is gone with it."""
    for queue in state["queues"]["data"].values():
        for message in queue["messages"]:
            if message["receive_count"]:
                message["visible_at"] = 0.0


def _change(file: Path, change: Callable[[Json], None]) -> None:
    if file.exists():
        saved = json.loads(file.read_text())
        change(saved["payload"])
        file.write_text(json.dumps(saved))
