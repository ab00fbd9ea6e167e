import socket
from pathlib import Path

import pytest

from local.home import DEFAULT_PORTS, Home, Kept, keep


def kept(home: Home, *, default_ports: bool = False) -> Kept:
    return keep(home, secret_names=("why",), people=("admin",), default_ports=default_ports)


@pytest.mark.usefixtures("socket_enabled")
def test_what_was_drawn_stays(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert kept(home) == kept(home)


@pytest.mark.usefixtures("socket_enabled")
def test_two_homes_draw_differently(tmp_path: Path) -> None:
    one, two = Home(tmp_path / "1"), Home(tmp_path / "2")
    one.folder.mkdir()
    two.folder.mkdir()
    assert kept(one).secrets != kept(two).secrets
    assert kept(one).passwords != kept(two).passwords


@pytest.mark.usefixtures("socket_enabled")
def test_a_port_that_another_took_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    before = kept(home).ports
    with socket.socket() as other:
        other.bind(("127.0.0.1", before["mailbox"]))
        other.listen()
        after = kept(home).ports
    assert after["mailbox"] != before["mailbox"]
    assert {**after, "mailbox": 0} == {**before, "mailbox": 0}


@pytest.mark.usefixtures("socket_enabled")
def test_every_server_has_a_port_of_its_own(tmp_path: Path) -> None:
    ports = kept(Home(tmp_path), default_ports=True).ports
    assert ports.keys() == DEFAULT_PORTS.keys()
    assert len(set(ports.values())) == len(ports)


@pytest.mark.usefixtures("socket_enabled")
def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    home = Home(tmp_path)
    kept(home)
    assert home.kept_file.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("socket_enabled")
def test_the_emulators_state_moves_with_its_port(tmp_path: Path) -> None:
    home = Home(tmp_path)
    port = kept(home).ports["emulator"]
    home.state.mkdir()
    (home.state / "ses.json").write_text(f"http://127.0.0.1:{port}/why")
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        now = kept(home).ports["emulator"]
    assert (home.state / "ses.json").read_text() == f"http://127.0.0.1:{now}/why"
