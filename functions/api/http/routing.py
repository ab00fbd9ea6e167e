"""Finds which row of the permission table a request falls under; a request that fits none ends as a 404."""

import re
from collections.abc import Iterable

MAX_ID = 128
"""Ids are opaque strings of at most this many characters."""
MAX_TOKEN = 2_048

_PARAMETER = re.compile(r"\{(\w+)\}")


class RouteTable:
    """Templates such as `GET /v1/tiers/{tier_id}`; those with fewer parameters are tried first."""

    def __init__(self, templates: Iterable[str]) -> None:
        ordered = sorted(templates, key=lambda template: (template.count("{"), template))
        self._patterns = tuple((_compiled(template), template) for template in ordered)

    def find(self, method: str, path: str) -> str | None:
        asked = f"{method} {path}"
        return next((template for pattern, template in self._patterns if pattern.fullmatch(asked)), None)


def _compiled(template: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(template)
    return re.compile(
        "".join(
            re.escape(part) if index % 2 == 0 else f"[^/]{{1,{MAX_TOKEN if part == 'token' else MAX_ID}}}"
            for index, part in enumerate(parts)
        )
    )
