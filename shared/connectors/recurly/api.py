"""Recurly's API v3 (v2021-02-25) as documents in, documents out: headers, paging and errors as its OpenAPI says."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote, urlencode

from shared.accounts.strict_json import JsonRefused, loads
from shared.accounts.values import Json
from shared.connectors.ports import RecordGone, VendorRefused, VendorUnavailable
from shared.connectors.recurly.documents import Document
from shared.connectors.transport import MAX_ANSWER, Answer, Host

ACCEPT = "application/vnd.recurly.v2021-02-25"
PAGE = 200
"""Recurly's most for one page."""
MAX_WAIT_SECONDS = 900

_TYPE = re.compile(r"[a-z_]{1,40}\Z", re.ASCII)


class BadRequest(VendorRefused):
    """400 or 422: Recurly does not take this request's parameters, such as a cursor that has expired."""


@dataclass(frozen=True, slots=True)
class Got:
    document: Document
    at: datetime
    """Recurly's time of the answer, to the second."""


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Document]
    next: str | None
    """Where the list goes on, as Recurly gives it: a path or a URL; its parameters are inside."""
    at: datetime


class Api:
    """Safe for several threads."""

    def __init__(self, host: Host, key: str) -> None:
        self._host = host
        credentials = base64.b64encode(f"{key}:".encode()).decode()
        self._headers = {"Accept": ACCEPT, "Authorization": f"Basic {credentials}"}

    def get(self, path: str, object_id: str, now: datetime) -> Got:
        """One object of a collection. Raises VendorUnavailable, VendorRefused, RecordGone."""
        return self._get(f"/{path}/{quote(object_id, safe='')}", now)

    def page(self, reference: str, now: datetime) -> Page:
        """One page of a list. Raises VendorUnavailable, VendorRefused, RecordGone."""
        got = self._get(reference, now)
        rows, following = got.document.get("data"), got.document.get("next")
        more = got.document.get("has_more") is True
        if not isinstance(rows, list) or (more and not isinstance(following, str)):
            raise VendorRefused("Recurly's list has no data, or no next page where it says there is more")
        found = [row for row in rows if isinstance(row, Mapping)]
        if len(found) < len(rows) or (more and following == reference):
            raise VendorRefused("Recurly's list has what is no object, or goes on in a circle")
        return Page(found, following if more and isinstance(following, str) else None, got.at)

    def pages(self, reference: str, now: datetime) -> Iterator[Page]:
        """All pages of a list."""
        following: str | None = reference
        while following is not None:
            page = self.page(following, now)
            yield page
            following = page.next

    def count(self, reference: str, now: datetime) -> int | None:
        """How many objects a list has, where Recurly says."""
        answer = self._asked("HEAD", reference, now)
        total = answer.headers.get("recurly-total-records", "")
        return int(total) if total.isascii() and total.isdecimal() else None

    def _get(self, reference: str, now: datetime) -> Got:
        answer = self._asked("GET", reference, now)
        try:
            document: Json = loads(answer.body, max_bytes=MAX_ANSWER)
        except JsonRefused as error:
            raise VendorUnavailable("Recurly's answer is no JSON, or was cut off") from error
        if not isinstance(document, Mapping):
            raise VendorRefused("Recurly's answer is no JSON object")
        return Got(document, _time_of(answer, now))

    def _asked(self, method: str, reference: str, now: datetime) -> Answer:
        answer = self._host.ask(method, reference, self._headers)
        if answer.status == HTTPStatus.OK:
            return answer
        what = f"Recurly answered {answer.status}{_error_type(answer)}"
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise VendorUnavailable(what, retry_after=_until_reset(answer, now))
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise VendorUnavailable(what)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise RecordGone(what)
        if answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
            raise BadRequest(what)
        raise VendorRefused(what)


def listing(path: str, *, sort: str, begin: str | None = None) -> str:
    """A list in ascending order from `begin` on. By `updated_at`, only this order loses nothing while rows change:
    descending, they would move behind the cursor (so the OpenAPI's description).
    """
    query = {"limit": str(PAGE), "sort": sort, "order": "asc", **({"begin_time": begin} if begin else {})}
    return f"{path}?{urlencode(query)}"


def _time_of(answer: Answer, now: datetime) -> datetime:
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
    except ValueError:
        return now.replace(microsecond=0)


def _until_reset(answer: Answer, now: datetime) -> float | None:
    """Seconds until the rate limit's window moves on, by `X-RateLimit-Reset` (unix seconds)."""
    reset = answer.headers.get("x-ratelimit-reset", "")
    if not reset.isascii() or not reset.isdecimal():
        return None
    return min(max(int(reset) - now.timestamp(), 1.0), MAX_WAIT_SECONDS)


def _error_type(answer: Answer) -> str:
    """Recurly's name for the error; its message may quote customers' data and goes nowhere."""
    try:
        document = loads(answer.body, max_bytes=MAX_ANSWER)
    except JsonRefused:
        return ""
    error = document.get("error") if isinstance(document, Mapping) else None
    kind = error.get("type") if isinstance(error, Mapping) else None
    return f" ({kind})" if isinstance(kind, str) and _TYPE.match(kind) else ""
