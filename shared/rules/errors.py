"""What is wrong with a document, all of it at once, each error where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_OPERATOR = "unknown_operator"
    OPERATOR_NOT_FOR_TYPE = "operator_not_for_type"
    VALUE_NOT_FOR_TYPE = "value_not_for_type"
    NEGATIVE_AMOUNT = "negative_amount"
    UNKNOWN_TIER = "unknown_tier"
    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    DUPLICATE_ID = "duplicate_id"
    TOO_DEEP = "too_deep"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    NOT_IN_OPTIONS = "not_in_options"
    READS_ITSELF = "reads_itself"
    OVER_EXCEEDS_HISTORY = "over_exceeds_history"
    BAD_DURATION = "bad_duration"


@dataclass(frozen=True, slots=True)
class DocumentError:
    pointer: str
    """A JSON pointer (RFC 6901) into the document."""
    code: Code
    message: str
    """A sentence that says what to do."""

    def to_json(self) -> dict[str, str]:
        return {"pointer": self.pointer, "code": self.code.value, "message": self.message}


class DocumentRefused(ValueError):
    """A document that an admin wrote is wrong; `errors` holds every error in it."""

    def __init__(self, errors: Sequence[DocumentError]) -> None:
        super().__init__("; ".join(f"{error.pointer}: {error.message}" for error in errors))
        self.errors = tuple(errors)
