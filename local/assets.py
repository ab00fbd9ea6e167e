"""What templates name by an object key, zipped and put into the emulator's S3 by a hash of its content."""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.home import REPOSITORY

BUCKET = "tierwright-assets"

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Package:
    key: str
    content: bytes


def package(files: Mapping[str, bytes]) -> Package:
    """Equal files give equal packages."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 1)
    content = buffer.getvalue()
    return Package(f"{hashlib.sha256(content).hexdigest()}.zip", content)


def code(staged: Path, repository: Path = REPOSITORY) -> dict[str, bytes]:
    """The files of a function's asset as they are in the repository now, which may be newer than the synthesis: the
    staged copy only says which folders it takes.
    """
    taken = [entry for entry in staged.iterdir() if entry.name != "functions"] + list((staged / "functions").iterdir())
    entries = [repository / entry.relative_to(staged) for entry in taken]
    found = {file for entry in entries for file in (entry.rglob("*") if entry.is_dir() else [entry])}
    return {
        file.relative_to(repository).as_posix(): file.read_bytes()
        for file in found
        if file.is_file() and file.suffix != ".pyc"
    }


def upload(s3: Any, packages: Sequence[Package]) -> None:
    s3.create_bucket(Bucket=BUCKET)
    for each in packages:
        if not _exists(s3, each.key):
            s3.put_object(Bucket=BUCKET, Key=each.key, Body=each.content)


def _exists(s3: Any, key: str) -> bool:
    try:
        s3.head_object(Bucket=BUCKET, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == _NOT_FOUND:
            return False
        raise
    return True
