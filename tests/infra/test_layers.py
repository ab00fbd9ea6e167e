"""A layer is named by what is in it, so it is built once and a change of the pins is a new one."""

from pathlib import Path

import pytest

from infra.layers import LAMBDA_PLATFORM, Layer, build


def _layer(folder: Path, pins: str = "one==1", platform: str = "local") -> Layer:
    requirements = folder / "runtime.txt"
    requirements.write_text(pins)
    return Layer(platform, requirements=requirements, folder=folder)


def test_a_layer_that_stands_is_not_built_again(tmp_path: Path) -> None:
    layer = _layer(tmp_path, pins="not a requirement")
    layer.packages.mkdir(parents=True)
    assert build(layer).packages == layer.packages


def test_other_pins_are_another_layer(tmp_path: Path) -> None:
    first = _layer(tmp_path).path
    assert _layer(tmp_path, pins="one==2").path != first


def test_another_platform_is_another_layer(tmp_path: Path) -> None:
    assert _layer(tmp_path).path != _layer(tmp_path, platform=LAMBDA_PLATFORM).path


def test_the_same_pins_are_the_same_layer_wherever_they_lie(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    assert _layer(here).key == _layer(there).key


def test_the_functions_layer_ships_boto3_and_botocore_together() -> None:
    pins = Layer(LAMBDA_PLATFORM).requirements.read_text("utf-8")
    assert "\nboto3==" in pins
    assert "\nbotocore==" in pins


@pytest.mark.parametrize("module", ["boto3", "pynamodb", "pydantic", "aws_lambda_powertools"])
def test_a_built_layer_has_bytecode_that_no_files_time_can_spoil(module: str) -> None:
    layer = build(Layer("local"))
    (bytecode,) = (layer.packages / module / "__pycache__").glob("__init__.*.pyc")
    flags = int.from_bytes(bytecode.read_bytes()[4:8], "little")
    assert flags == 0b01, "hash-based, and not checked against the source"
    assert not (layer.packages / "bin").exists()
