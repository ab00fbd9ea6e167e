"""What part of the tree a built thing depends on, as one hash: whether it must be built again."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from local.home import REPOSITORY

_LEFT_OUT = "__pycache__"


def fingerprint(*patterns: str) -> str:
    """Over the paths and contents of the repository's files that match any of the patterns."""
    digest = hashlib.sha256()
    for file in files(*patterns):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(REPOSITORY).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def files(*patterns: str) -> Iterable[Path]:
    """The repository's files that match any of the patterns, each once, sorted."""
    found = {file for pattern in patterns for file in REPOSITORY.glob(pattern) if file.is_file()}
    return sorted(file for file in found if _LEFT_OUT not in file.parts)
