import json
from pathlib import Path
from typing import Any

from local.state import mend

MAILS = "mails.json"


def write(folder: Path, name: str, payload: dict[str, Any]) -> Path:
    file = folder / name
    file.write_text(json.dumps({"__ministack_format__": 2, "payload": payload}))
    return file


def payload(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text())
    assert content["__ministack_format__"] == 2
    found: dict[str, Any] = content["payload"]
    return found


def streams(**positions: int) -> dict[str, Any]:
    return {"dynamodb_stream_positions": {"__account_region_scoped__": True, "data": positions}, "layers": 1}


def queue(url: str = "", **message: Any) -> dict[str, Any]:
    return {"queues": {"data": {"q": {"url": url, "messages": [{"visible_at": 99.0, **message}]}}}}


def test_readers_of_streams_begin_anew(tmp_path: Path) -> None:
    file = write(tmp_path, "lambda.json", streams(mapping=17))
    mend(tmp_path, tmp_path / MAILS, port_before=1, port=1)
    assert payload(file) == streams()


def test_what_a_worker_had_is_handed_out_again(tmp_path: Path) -> None:
    file = write(tmp_path, "sqs.json", queue(receive_count=1))
    mend(tmp_path, tmp_path / MAILS, port_before=1, port=1)
    assert payload(file) == queue(receive_count=1, visible_at=0.0)


def test_what_is_delayed_stays_so(tmp_path: Path) -> None:
    file = write(tmp_path, "sqs.json", queue(receive_count=0))
    mend(tmp_path, tmp_path / MAILS, port_before=1, port=1)
    assert payload(file) == queue(receive_count=0)


def test_the_state_moves_with_the_emulators_port(tmp_path: Path) -> None:
    file = write(tmp_path, "sqs.json", queue("http://127.0.0.1:4566/q", receive_count=0))
    mend(tmp_path, tmp_path / MAILS, port_before=4566, port=4999)
    assert payload(file) == queue("http://127.0.0.1:4999/q", receive_count=0)


def test_links_in_kept_mails_move_too(tmp_path: Path) -> None:
    (tmp_path / MAILS).write_text("http://127.0.0.1:4566/why")
    mend(tmp_path / "state", tmp_path / MAILS, port_before=4566, port=4999)
    assert (tmp_path / MAILS).read_text() == "http://127.0.0.1:4999/why"


def test_a_first_start_has_nothing_to_mend(tmp_path: Path) -> None:
    mend(tmp_path / "state", tmp_path / MAILS, port_before=None, port=1)
    assert not list(tmp_path.iterdir())
