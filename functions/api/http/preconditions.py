"""Entity tags: a document's version in quotes, and the If-Match header that names the one a change was made from."""

import re
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Header

from functions.api.service.precondition import Precondition

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description='The ETag of what you read, such as `"3"`; `*` for any.', max_length=1_000),
]

_TAG = re.compile(r'"([0-9]{1,18})"', re.ASCII)


def precondition(if_match: str | None, *, required: bool = True) -> Precondition:
    """Tags that this API never gave out (weak ones too) match nothing."""
    if if_match is None:
        return Precondition(given=False) if required else Precondition(anything=True)
    tags = [tag.strip() for tag in if_match.split(",")]
    matches = [_TAG.fullmatch(tag) for tag in tags]
    return Precondition(frozenset(int(match[1]) for match in matches if match), anything="*" in tags)


def etag(version: int) -> str:
    return f'"{version}"'
