"""Why a use case did not do what was asked: each a cause that programs can tell apart, in a sentence for people."""

from collections.abc import Sequence

from shared.rules.errors import DocumentError
from shared.runtime.failures import BadInput


class Refusal(BadInput):
    """`code` names the cause; `errors` say what of the request, or of what stands in its way, is concerned."""

    def __init__(self, message: str, *, code: str, errors: Sequence[DocumentError] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.errors = tuple(errors)


class NoSuch(Refusal):
    """What the path names does not exist."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no {what}.", code="not_found")


class Forbidden(Refusal):
    """The user's roles don't reach so far."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="forbidden")


class Conflict(Refusal):
    """It can't be done as things stand; done to another state it could."""


class NoPrecondition(Refusal):
    """A change of what others may change too names no version that it was made from."""

    def __init__(self) -> None:
        super().__init__(
            'Send If-Match with the ETag of what you read, such as If-Match: "3", or If-Match: * for any.',
            code="precondition_required",
        )


class Stale(Refusal):
    """It was changed since the client read it."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f'It was changed since you read it: its ETag is "{version}" now. Read it again.', code="precondition_failed"
        )


class Malformed(Refusal):
    """The request can't be read."""

    def __init__(self, message: str, errors: Sequence[DocumentError] = ()) -> None:
        super().__init__(message, code="malformed", errors=errors)


class ConfigurationBroken(Exception):
    """A stored document no longer fits the code that reads it: a person must mend the deployment."""
