"""A function's settings and its environment: one variable for each field, named like it in capitals."""

import dataclasses
import typing
from collections.abc import Mapping


class BadEnvironment(ValueError):
    """A variable of the function's environment is missing, empty or of the wrong form; the message names it."""


def read[T](settings: type[T], environment: Mapping[str, str]) -> T:
    """The settings dataclass (fields of str, int or bool) filled from the environment; raises BadEnvironment."""
    hints = typing.get_type_hints(settings)
    fields = [field.name for field in dataclasses.fields(settings)]  # type: ignore[arg-type]  # T is a dataclass type
    return settings(**{name: _parsed(name.upper(), hints[name], environment) for name in fields})


def variables(settings: object) -> dict[str, str]:
    """The environment that `read` would fill `settings` from: what the templates give a function."""
    values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}  # type: ignore[arg-type]  # a dataclass instance
    return {
        name.upper(): str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()
    }


def _parsed(variable: str, kind: type, environment: Mapping[str, str]) -> str | int | bool:
    text = environment.get(variable, "")
    if not text:
        raise BadEnvironment(f"the environment variable {variable} is not set")
    if kind is bool:
        if text not in ("true", "false"):
            raise BadEnvironment(f"the environment variable {variable} is {text!r}: write true or false")
        return text == "true"
    if kind is int:
        if not text.isascii() or not text.isdecimal():
            raise BadEnvironment(f"the environment variable {variable} is {text!r}: write a whole number")
        return int(text)
    return text
