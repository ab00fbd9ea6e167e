"""Lists: how many at once, and where the next page starts."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

DEFAULT_LIMIT = 50

Limit = Annotated[int, Query(ge=1, le=200, description="How many at once.")]
Cursor = Annotated[
    str | None, Query(min_length=1, max_length=2_048, description="`next_cursor` of the page before, unchanged.")
]
