"""The templates, synthesized once for all tests: nothing here reaches a network or needs a Node.js of the machine."""

import os
from pathlib import Path

import pytest
from pytest_socket import disable_socket

from infra.app import node
from infra.layers import Layer
from infra.stages import Stage, stage
from tests.infra.assembled import Assembled

os.environ.setdefault("JSII_NODE", node())


@pytest.fixture(autouse=True)
def _no_network() -> None:
    disable_socket(allow_unix_socket=True)


def synthesized(chosen: Stage, folder: Path) -> Assembled:
    """The stage's assembly, with an empty dependency layer: what is in it is no part of the templates."""
    from infra.assembly import build  # noqa: PLC0415 - importing the CDK starts Node, which is set above

    layer = Layer("local", folder=folder)
    layer.packages.mkdir(parents=True)
    build(chosen, layer, folder / "cdk.out").synth()
    return Assembled.read(folder / "cdk.out", chosen)


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Assembled:
    return synthesized(stage("prod"), tmp_path_factory.mktemp("prod"))


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Assembled:
    return synthesized(stage("local"), tmp_path_factory.mktemp("local"))
