"""Request bodies: read strictly when they come, refused when the route asks for them.

Existence and preconditions are told before errors of the body, so a body's errors wait in a `Later` until then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from functions.api.service.refusals import Malformed
from shared.accounts.strict_json import JsonRefused, loads
from shared.accounts.values import Json
from shared.rules.errors import Code, DocumentError, DocumentRefused
from shared.rules.reading import escaped

MAX_BYTES = 1024 * 1024
"""A trial evaluation carries a policy of 256 KB, tiers and fields; documents are bounded where they are parsed."""
MAX_DEPTH = 128
"""Beyond any condition's 20 levels, each an object and an array: what is deeper than that is told at its place."""

_CODES = {
    "missing": Code.MISSING_KEY,
    "extra_forbidden": Code.UNKNOWN_KEY,
    "string_too_long": Code.TOO_LONG,
    "too_long": Code.TOO_MANY,
    "literal_error": Code.NOT_IN_OPTIONS,
    "enum": Code.NOT_IN_OPTIONS,
}


class Given(BaseModel):
    """A body's shape: unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True, slots=True)
class Unread:
    """A body that was read as JSON, or the reason why it can't be."""

    value: Json = None
    refused: str | None = None

    @classmethod
    def of(cls, text: str) -> Self:
        """No body at all counts as null."""
        if not text.strip():
            return cls()
        try:
            return cls(loads(text, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH))
        except JsonRefused as error:
            return cls(refused=str(error))


class Later[T]:
    """A body of the shape T, or what is wrong with it."""

    def __init__(self, value: T | None, refusal: Exception | None = None) -> None:
        self._value = value
        self._refusal = refusal

    def checked(self) -> T:
        """The body; raises Malformed where it is no JSON, DocumentRefused with all that is wrong with it."""
        if self._refusal is not None:
            raise self._refusal
        return cast("T", self._value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (shape,) = get_args(source)

        def read(body: Unread, validate: Callable[[object], T]) -> "Later[T]":
            if body.refused is not None:
                return cls(None, Malformed(body.refused))
            try:
                return cls(validate(body.value))
            except ValidationError as error:
                return cls(None, DocumentRefused([_document_error(found) for found in error.errors()]))

        return core_schema.no_info_wrap_validator_function(read, handler.generate_schema(shape))


def pointer(path: Sequence[int | str]) -> str:
    return "".join(f"/{escaped(str(step))}" for step in path)


def said(error: Mapping[str, Any]) -> str:
    """A validator's error as a sentence that says what to do."""
    match error["type"]:
        case "missing":
            return f"{error['loc'][-1]} is required" if error["loc"] else "a body is required"
        case "extra_forbidden":
            return "leave it out: it is not known here"
        case _:
            return str(error["msg"]).removeprefix("Value error, ")


def code(error: Mapping[str, Any]) -> Code:
    return _CODES.get(error["type"], Code.VALUE_NOT_FOR_TYPE)


def _document_error(error: ErrorDetails) -> DocumentError:
    return DocumentError(pointer(error["loc"]), code(error), said(error))
