"""A function's code as an asset: the repository by an allow-list, so it moves with that function and `shared` alone."""

from aws_cdk import IgnoreMode
from aws_cdk.aws_lambda import Code

from infra.layers import ROOT


def allowed(function: str) -> list[str]:
    """What is left out of the repository for a function's asset, in the syntax of .gitignore."""
    return [
        *("/*", "!/shared", "!/functions", "/functions/*", "!/functions/__init__.py", f"!/functions/{function}"),
        *("__pycache__", "*.pyc"),
    ]


def function_code(function: str) -> Code:
    return Code.from_asset(str(ROOT), ignore_mode=IgnoreMode.GIT, exclude=allowed(function))
