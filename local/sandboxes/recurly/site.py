"""A Recurly site's state: objects as Recurly stores them, kept in a file where one is given."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any

from shared.accounts.values import moment_text

type Object = dict[str, Any]
"""One of Recurly's objects in its own JSON, without the members that are computed from others."""

KINDS = ("accounts", "subscriptions", "plans", "invoices")


class NotThere(LookupError):
    """The site has no such object."""


class Site:
    """Objects by collection and id. Everything that changes one moves its `updated_at`, in whole seconds as Recurly's.

    Safe for several threads.
    """

    def __init__(
        self, objects: Mapping[str, Mapping[str, Object]], *, clock: Callable[[], datetime], file: Path | None = None
    ) -> None:
        self.lock = RLock()
        self.clock = clock
        self._file = file
        self._objects: dict[str, dict[str, Object]] = {kind: dict(objects.get(kind, {})) for kind in KINDS}
        self.save()

    @classmethod
    def kept(
        cls, file: Path, *, clock: Callable[[], datetime], otherwise: Callable[[], Mapping[str, Mapping[str, Object]]]
    ) -> "Site":
        """The site in the file, or a new one that is kept there."""
        objects = json.loads(file.read_text()) if file.exists() else otherwise()
        return cls(objects, clock=clock, file=file)

    def all(self, kind: str) -> list[Object]:
        with self.lock:
            return list(self._objects[kind].values())

    def find(self, kind: str, reference: str) -> Object:
        """By id, or as `code-acme`, `uuid-5f0c…`; raises NotThere."""
        with self.lock:
            objects = self._objects[kind]
            if reference in objects:
                return objects[reference]
            member, dash, value = reference.partition("-")
            for found in objects.values():
                if dash and member in ("code", "uuid") and found.get(member) == value:
                    return found
        raise NotThere(reference)

    def put(self, kind: str, made: Object) -> None:
        with self.lock:
            self._objects[kind][made["id"]] = made
            self.save()

    def change(self, kind: str, reference: str, members: Mapping[str, Any]) -> Object:
        with self.lock:
            found = self.find(kind, reference)
            found.update(members, updated_at=moment_text(self.clock()))
            self.save()
            return found

    def delete(self, kind: str, reference: str) -> None:
        with self.lock:
            del self._objects[kind][self.find(kind, reference)["id"]]
            self.save()

    def save(self) -> None:
        """Whole or not at all."""
        if self._file is None:
            return
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps(self._objects))
        draft.replace(self._file)
