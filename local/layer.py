"""The functions' dependencies here: layers that point at packages on this machine rather than holding them.

Each of the emulator's workers unpacks its layers anew, 60 MB and a second of it.
"""

import shutil
from pathlib import Path

_BROUGHT_ALONG = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
"""What Lambda's own Python has beside the standard library. The emulator's has no boto3."""


def pointer(packages: Path) -> dict[str, bytes]:
    """The files of a layer that puts `packages` on the path. The emulator takes the folder for Python's site folder,
    whose `.pth` lines are run.
    """
    line = f"import sys; sys.path.insert(0, {str(packages.resolve())!r})\n"
    return {"python/lib/python3.13/site-packages/packages.pth": line.encode()}


def runtime(packages: Path, folder: Path) -> Path:
    """`folder` with those of the packages that Lambda brings along, and no other: a function that needs more and has no
    layer fails here as on AWS.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in _BROUGHT_ALONG:
        (folder / name).symlink_to((packages / name).resolve())
    return folder
