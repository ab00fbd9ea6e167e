"""The dependency layer: the pinned requirements as a folder for Lambda's path, built once for each set of pins."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = ROOT / ".tools" / "bin" / "uv"
LAMBDA_PLATFORM = "aarch64-manylinux2014"
"""Of wheels that run on Lambda's arm64 machines, whose glibc is newer."""
_BUILD = "3"
"""Counts the changes of how a layer is built: one built otherwise is another layer."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A dependency layer by what it is made of; `path` may not be built yet."""

    platform: str
    """Of its wheels; `local`: of this machine and its interpreter."""
    requirements: Path = ROOT / "requirements" / "runtime.txt"
    folder: Path = ROOT / ".build"

    @property
    def key(self) -> str:
        """Names its content: equal keys, equal layers."""
        digest = hashlib.sha256(self.requirements.read_bytes())
        digest.update(f"{_BUILD} {self.platform} {sys.version_info[:2]}".encode())
        return digest.hexdigest()

    @property
    def path(self) -> Path:
        return self.folder / f"layer-{self.platform}-{self.key[:12]}"

    @property
    def packages(self) -> Path:
        """The folder that Lambda finds modules in."""
        return self.path / "python"


def build(layer: Layer) -> Layer:
    """Installs the layer unless it stands; needs a package index (or uv's cache) only then."""
    if layer.path.exists():
        return layer
    unfinished = layer.folder / f".{layer.path.name}-{os.getpid()}"
    _install(layer, unfinished / "python")
    _compile(unfinished)
    unfinished.rename(layer.path)
    return layer


def _install(layer: Layer, target: Path) -> None:
    platform = [] if layer.platform == "local" else ["--python-platform", layer.platform]
    _run(
        *(str(UV), "pip", "install", "--quiet", "--target", str(target), "--python", sys.executable, *platform),
        *("--only-binary", ":all:", "--no-deps", "--require-hashes", "-r", str(layer.requirements)),
    )
    shutil.rmtree(target / "bin", ignore_errors=True)
    (target / ".lock").unlink(missing_ok=True)


def _compile(folder: Path) -> None:
    """Adds bytecode, valid whatever the files' times: a layer is read-only, so each cold start would compile it all."""
    bytecode = ("-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash")
    _run(sys.executable, *bytecode, "-s", str(folder), "-p", "/opt", str(folder / "python"))


def _run(*command: str) -> None:
    # The seed fixes the order of constant sets, so that equal sources give equal bytecode.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run(command, check=True, env=environment)  # noqa: S603 - a fixed command of this module


def main() -> None:
    """Builds the layers of the platforms named on the command line and prints where they are."""
    for platform in sys.argv[1:] or ("local", LAMBDA_PLATFORM):
        sys.stdout.write(f"{build(Layer(platform)).path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
