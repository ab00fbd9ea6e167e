"""Hands a route the session that the front door opened."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Depends, Request

from functions.api.service.session import Session

KEY = "session"


def _current(request: Request) -> Session:
    session = request.context[KEY]
    if not isinstance(session, Session):
        raise TypeError("the request's session is set before its route is called")
    return session


Here = Annotated[Session, Depends(_current)]
"""The session, as a route's parameter."""
