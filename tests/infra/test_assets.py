"""A function's asset holds its folder and `shared` and nothing else, and works with that."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import FileSystem, IgnoreMode

from infra.assets import allowed
from infra.layers import ROOT, Layer, build
from shared.configuration.policy_templates import IDS
from tests.infra.assembled import Assembled
from tests.infra.test_functions import FUNCTIONS

IMPORT_ALONE = """
import socket, sys
sys.path[:0] = sys.argv[2:]
def refuse(*_, **__): raise AssertionError("importing must not reach for the network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
import importlib
assert callable(importlib.import_module(sys.argv[1]).handler)
"""


def _asset(assembled: Assembled, function: str) -> Path:
    key = assembled.functions()[function].properties["Code"]["S3Key"]
    return assembled.folder / f"asset.{key.removesuffix('.zip')}"


def _tree(folder: Path) -> Path:
    """A repository like ours in little."""
    for name in ("shared/a.py", "functions/__init__.py", "functions/one/handler.py", "functions/two/handler.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}")
    return folder


def _hash(tree: Path, function: str) -> str:
    return FileSystem.fingerprint(str(tree), ignore_mode=IgnoreMode.GIT, exclude=allowed(function))


@pytest.mark.parametrize("path", ["functions/one/service.py", "shared/b.py", "functions/__init__.py"])
def test_an_asset_moves_with_its_function_and_shared(tmp_path: Path, path: str) -> None:
    before = _hash(_tree(tmp_path), "one")
    (tmp_path / path).write_text("changed = True")
    assert _hash(tmp_path, "one") != before


@pytest.mark.parametrize(
    "path", ["functions/two/service.py", "README.md", "shared/__pycache__/a.pyc", "infra/app.py", "functions/notes.md"]
)
def test_an_asset_stays_when_anything_else_changes(tmp_path: Path, path: str) -> None:
    before = _hash(_tree(tmp_path), "one")
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("changed = True")
    assert _hash(tmp_path, "one") == before


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_asset_is_source_alone(prod: Assembled, function: str) -> None:
    asset = _asset(prod, function)
    files = [path.relative_to(asset) for path in asset.rglob("*") if path.is_file()]
    others = {path.parts[1] for path in files if path.parts[0] == "functions" and len(path.parts) > 2} - {function}
    assert {path.parts[0] for path in files} == {"functions", "shared"}
    assert not others
    assert not [path for path in files if path.suffix == ".pyc"]


def test_an_asset_has_the_data_that_its_code_reads(prod: Assembled) -> None:
    asset = _asset(prod, "api")

    assert {path.stem for path in (asset / "shared/configuration/templates").iterdir()} == {*IDS}


@pytest.fixture(scope="session")
def packages() -> Path:
    """This machine's dependency layer; the first time, its wheels come from the package index or uv's cache."""
    return build(Layer("local")).packages


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_asset_is_imported_alone(prod: Assembled, packages: Path, function: str, tmp_path: Path) -> None:
    """With no environment and no network; the webhook function with nothing but the standard library."""
    asset = shutil.copytree(_asset(prod, function), tmp_path / "task")
    path = [str(asset)] if function == "webhook" else [str(asset), str(packages)]
    code = ["-S", "-B", "-c", IMPORT_ALONE, f"functions.{function}.handler", *path]
    ended = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, *code], cwd=tmp_path, env={}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_the_allow_list_names_folders_that_exist() -> None:
    assert (ROOT / "shared").is_dir()
    assert (ROOT / "functions" / "__init__.py").is_file()
