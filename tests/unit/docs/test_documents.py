"""What the documents say is so: their links lead somewhere, their commands exist, their examples are accepted."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from shared.tiers import model
from shared.tiers.policy_document import FRESH_POLICY, parse_policy
from tests.support.builders import CATALOGUE

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "requirements" / "README.md"])
LINK = re.compile(r"\]\((?!https?://)([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"(?:^|`)make (?:-s )?([a-z]+)", re.MULTILINE)
JSON_BLOCK = re.compile(r"```json\n(.*?)```", re.DOTALL)
TESTS = re.compile(r"\[(test_[a-z0-9_]+)\]\(([a-z0-9_/]+\.py)\)")
PARTS = re.compile(r"^\|? *\[([a-z_/]+)\]\(([a-z_/]+)\)", re.MULTILINE)


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(document: Path) -> None:
    broken = [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()]

    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_exist(document: Path) -> None:
    assert set(COMMAND.findall(document.read_text())) - targets() == set()


def test_every_command_that_is_listed_has_a_recipe() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
    names = re.findall(r"make ([a-z]+)", listed)

    assert {"up", "test", "check", "deploy", "doctor"} <= set(names) <= targets()


def test_the_readmes_policy_is_the_one_of_a_fresh_deployment() -> None:
    [shown] = [json.loads(block) for block in JSON_BLOCK.findall((ROOT / "README.md").read_text())]

    assert shown == FRESH_POLICY
    assert len(parse_policy(shown, model.FRESH, CATALOGUE).rules) == len(shown["rules"])


def test_the_architecture_has_a_row_for_each_folder_of_functions_and_of_the_core() -> None:
    shown = {link for _, link in PARTS.findall((ROOT / "ARCHITECTURE.md").read_text())}
    folders = {
        f"{parent}/{found.name}"
        for parent in ("functions", "shared")
        for found in (ROOT / parent).iterdir()
        if found.is_dir() and (found / "__init__.py").exists()
    }

    assert folders - shown == set()


def test_each_decision_is_in_the_list() -> None:
    decisions = {path.name for path in (ROOT / "docs/adr").glob("0*.md")}
    listed = set(LINK.findall((ROOT / "docs/adr/README.md").read_text()))

    assert decisions == listed


def test_every_threat_names_a_test_that_exists() -> None:
    rows = [row for row in (ROOT / "SECURITY.md").read_text().splitlines() if row.startswith("| ")]
    threats = [row for row in rows if not row.startswith("| threat ")]
    named = {row: TESTS.findall(row) for row in threats}

    assert len(threats) > 30
    assert [row for row, tests in named.items() if not tests or len(tests) != row.count("](")] == []
    missing = [
        f"{path}::{name}"
        for tests in named.values()
        for name, path in tests
        if not re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
    ]
    assert missing == []
