"""Reading a document that an admin wrote: every error in it is found in one pass, each where it stands."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.accounts.values import Json, ValueRefused
from shared.rules.errors import Code, DocumentError, DocumentRefused

MAX_TOLD = 256 * 1024
"""Characters of all errors together, about as many as a document may have: an answer of more would not be delivered."""
MAX_MESSAGE = 1_000


@dataclass(slots=True)
class Reading:
    """Collects errors while a document is read; `done` raises them all."""

    errors: list[DocumentError] = field(default_factory=list)
    _refused: set[str] = field(default_factory=set, init=False, repr=False)
    _told: int = field(default=0, init=False, repr=False)

    @property
    def refusals(self) -> int:
        """How many places were refused, told or not."""
        return len(self._refused)

    def refuse(self, pointer: str, code: Code, message: str) -> None:
        """Only the first error of a place is told: what follows from it would be noise.

        Of more errors than an answer holds the first are told, and that there are more.
        """
        if pointer in self._refused:
            return
        self._refused.add(pointer)
        if self._told > MAX_TOLD:
            return
        self._told += len(pointer) + min(len(message), MAX_MESSAGE)
        if self._told > MAX_TOLD:
            pointer, code, message = "", Code.TOO_MANY, "there are more errors than can be told: correct these first"
        self.errors.append(DocumentError(pointer, code, message[:MAX_MESSAGE]))

    def done(self) -> None:
        """Raises DocumentRefused if anything was refused."""
        if self.errors:
            raise DocumentRefused(self.errors)

    def members(
        self, document: Json, pointer: str, *, required: Sequence[str] = (), optional: Sequence[str] = ()
    ) -> Mapping[str, Json]:
        """The document's members that are known; refuses what is no object, unknown keys and missing ones."""
        if not isinstance(document, Mapping):
            self.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write an object")
            return {}
        known = (*required, *optional)
        for key in document:
            if key not in known:
                self.refuse(
                    f"{pointer}/{escaped(key)}", Code.UNKNOWN_KEY, f"leave it out: known are {', '.join(known)}"
                )
        for key in required:
            if key not in document:
                self.refuse(f"{pointer}/{escaped(key)}", Code.MISSING_KEY, f"{key} is required")
        return {key: value for key, value in document.items() if key in known}

    def items(self, document: Json, pointer: str, *, at_most: int) -> Iterator[tuple[str, Json]]:
        """The pointer and value of each item; refuses what is no array, or too long."""
        if not isinstance(document, list):
            self.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write an array")
            return
        if len(document) > at_most:
            self.refuse(pointer, Code.TOO_MANY, f"at most {at_most} items")
            return
        for index, item in enumerate(document):
            yield f"{pointer}/{index}", item

    def text(self, value: Json, pointer: str, *, at_most: int = 1_000, empty: bool = False) -> str:
        if not isinstance(value, str) or not (value or empty):
            self.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write a text" if empty else "write a text that is not empty")
            return ""
        if len(value) > at_most:
            self.refuse(pointer, Code.TOO_LONG, f"at most {at_most} characters")
        return value

    def texts(self, value: Json, pointer: str, *, at_most: int = 100) -> tuple[str, ...]:
        """An array of texts without repeats."""
        found = [(where, self.text(item, where)) for where, item in self.items(value, pointer, at_most=at_most)]
        for index, (where, text) in enumerate(found):
            if text and text in {earlier for _, earlier in found[:index]}:
                self.refuse(where, Code.DUPLICATE_ID, f"{text!r} stands there already")
        return tuple(text for _, text in found)

    def flag(self, value: Json, pointer: str) -> bool:
        if not isinstance(value, bool):
            self.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, "write true or false")
            return False
        return value

    def whole(self, value: Json, pointer: str, *, least: int, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, f"write a whole number from {least} to {most}")
            return least
        return value

    def choice[T](self, value: Json, pointer: str, options: Mapping[str, T], fallback: T) -> T:
        if not isinstance(value, str) or value not in options:
            self.refuse(pointer, Code.NOT_IN_OPTIONS, f"write one of {', '.join(options)}")
            return fallback
        return options[value]

    def attempt[T, F](self, parse: Callable[[], T], pointer: str, fallback: F) -> T | F:
        """What `parse` returns; its ValueError is refused at `pointer` in its own words."""
        try:
            return parse()
        except ValueError as error:
            code = Code(error.code) if isinstance(error, ValueRefused) else Code.VALUE_NOT_FOR_TYPE
            self.refuse(pointer, code, str(error))
            return fallback

    def nested[T, F](self, parse: Callable[[], T], pointer: str, fallback: F) -> T | F:
        """What `parse` makes of the document at `pointer`; the errors that it raises stand below that."""
        try:
            return parse()
        except DocumentRefused as refused:
            for error in refused.errors:
                self.refuse(pointer + error.pointer, error.code, error.message)
            return fallback


def escaped(key: str) -> str:
    """A key as a step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
