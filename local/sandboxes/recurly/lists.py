"""Lists as Recurly pages them: by a cursor of (time, id), which stays in its place while rows come, go and move."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from local.sandboxes.recurly.site import Object
from shared.accounts.values import ValueRefused, moment_text, parse_moment

MOST = 200
DEFAULT = 20


class BadParameter(ValueError):
    """A query parameter that Recurly would answer with 400; the message names it."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a list is asked for, by the parameters of Recurly's OpenAPI."""

    limit: int
    sort: str
    descending: bool
    begin: str | None
    end: str | None
    ids: tuple[str, ...]
    after: tuple[str, str] | None
    """The time and id of the last row of the page before."""

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> Self:
        """Raises BadParameter."""
        limit = parameters.get("limit", str(DEFAULT))
        if not limit.isdecimal() or not 1 <= int(limit) <= MOST:
            raise BadParameter("limit")
        return cls(
            limit=int(limit),
            sort=_one_of(parameters, "sort", ("created_at", "updated_at")),
            descending=_one_of(parameters, "order", ("desc", "asc")) == "desc",
            begin=_time(parameters, "begin_time"),
            end=_time(parameters, "end_time"),
            ids=tuple(filter(None, parameters.get("ids", "").split(","))),
            after=_position(parameters.get("cursor")),
        )

    def matching(self, rows: Sequence[Object]) -> list[Object]:
        """Every row of the list, in its order. `ids` excludes the other filters."""
        if self.ids:
            return [row for row in rows if row["id"] in self.ids]
        within = [
            row
            for row in rows
            if (self.begin is None or row[self.sort] >= self.begin) and (self.end is None or row[self.sort] <= self.end)
        ]
        return sorted(within, key=self._key, reverse=self.descending)

    def page(self, rows: Sequence[Object]) -> tuple[list[Object], str | None]:
        """The rows after the cursor, and the next cursor where there are more."""
        found = [row for row in self.matching(rows) if self.after is None or self._is_past(row, self.after)]
        shown = found[: self.limit]
        if len(found) <= self.limit:
            return shown, None
        return shown, base64.urlsafe_b64encode(json.dumps(self._key(shown[-1])).encode()).decode()

    def _key(self, row: Object) -> tuple[str, str]:
        return row[self.sort], row["id"]

    def _is_past(self, row: Object, position: tuple[str, str]) -> bool:
        return self._key(row) < position if self.descending else self._key(row) > position


def following(path: str, parameters: Mapping[str, str], cursor: str | None) -> str | None:
    """The path of the next page, with every parameter inside."""
    return None if cursor is None else f"{path}?{urlencode({**parameters, 'cursor': cursor})}"


def _one_of(parameters: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = parameters.get(name, allowed[0])
    if value not in allowed:
        raise BadParameter(name)
    return value


def _time(parameters: Mapping[str, str], name: str) -> str | None:
    if name not in parameters:
        return None
    try:
        return moment_text(parse_moment(parameters[name]))
    except ValueRefused as error:
        raise BadParameter(name) from error


def _position(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, TypeError) as error:
        raise BadParameter("cursor") from error
    return at, row_id
