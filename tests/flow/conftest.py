"""The product in process: sockets reach the stand-ins on loopback, and nothing else."""

import pytest
from pytest_socket import enable_socket, socket_allow_hosts


@pytest.fixture(autouse=True)
def _no_network() -> None:
    enable_socket()
    socket_allow_hosts(["127.0.0.1"])
