"""The templates of pages and mails, in a sandbox that escapes everything; read at first use, never at import."""

from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.rules.wording_values import grouped


@cache
def environment(folder: Path) -> ImmutableSandboxedEnvironment:
    """Whoever forgets a value learns it from a test: an undefined name is an error.

    `.txt` alone is not escaped. Templates are part of the code: they are read once.
    """
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["grouped"] = grouped
    return made


def template(folder: Path, name: str) -> Template:
    return environment(folder).get_template(name)
