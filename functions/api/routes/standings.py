"""/v1/accounts/{account_id}/tier and what explains it: overrides, approvals, the decision of now, the history."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field

from functions.api.http.bodies import Given, Later
from functions.api.http.describing import operation
from functions.api.http.paging import DEFAULT_LIMIT, Cursor, Limit
from functions.api.http.preconditions import IfMatch, precondition
from functions.api.http.replays import Middleware
from functions.api.http.replies import reply
from functions.api.http.session import Here
from functions.api.service.accounts import Accounts
from functions.api.service.configuration import Configuration
from functions.api.service.overriding import Meant, Overriding, Refused, Until, Waiting, Wish, sets
from functions.api.service.present import present
from functions.api.views.accounts import AccountView, account_view
from functions.api.views.decisions import DecisionView, HistoryView, decision_view, history_row
from shared.accounts.account import Account
from shared.accounts.identity import TierId
from shared.configuration.published import Published
from shared.tiers.by_hand import Seen

TAG = "accounts"

Reason = Annotated[str, Field(min_length=1, max_length=1_000)]
Expiry = Annotated[
    str | None,
    Field(max_length=40, description="RFC 3339; null: until it is cleared; left out: as the settings say."),
]


class OverrideGiven(Given):
    """A person's word on an account's tier."""

    tier: Annotated[str, Field(min_length=1, max_length=128)]
    reason: Reason
    expires_at: Expiry = None

    def wish(self) -> Wish:
        return Wish(self.tier, self.reason, Until(self.expires_at, "expires_at" in self.model_fields_set))


class ApprovalGiven(Given):
    """What is approved: so that it is what a person saw, name its tier."""

    of: Annotated[
        Waiting | None, Field(strict=False, description="May be left out unless a demotion and a request both wait.")
    ] = None
    tier: Annotated[
        str | None,
        Field(
            max_length=128,
            description="The tier that was seen to wait (`tier.pending.tier` or `tier.request.tier`; null is no tier): "
            "409 where it is another by now. Left out, what waits now is meant, whatever it is.",
        ),
    ] = None

    def meant(self) -> Meant:
        if "tier" not in self.model_fields_set:
            return Meant(self.of)
        return Meant(self.of, Seen(None if self.tier is None else TierId(self.tier)))


class RejectionGiven(ApprovalGiven):
    """The same, with why not; a rejected demotion is an override at the present tier."""

    reason: Reason
    expires_at: Annotated[
        str | None,
        Field(
            max_length=40,
            description="Until when a demotion stays rejected: RFC 3339; null: until the override is cleared; left "
            "out: as the settings say, else 90 days.",
        ),
    ] = None


class StandingRoutes:
    def __init__(self, accounts: Accounts, overriding: Overriding, configuration: Configuration) -> None:
        self._accounts = accounts
        self._overriding = overriding
        self._configuration = configuration

    def mount(self, app: APIGatewayHttpResolver, replaying: Middleware) -> None:
        one = "/v1/accounts/<account_id>"
        summary = "Sets the tier by hand; a CSM asks for it so, and a manager approves or rejects that"
        about = operation("set_override", TAG, summary, edits=True, takes_body=True, goes_on_as=AccountView)
        app.put(f"{one}/tier", **about)(self.set)
        about = operation(
            "clear_override", TAG, "Clears the override; a CSM takes back what they asked for", edits=True
        )
        app.delete(f"{one}/tier", **about)(self.clear)
        about = operation("approve_tier", TAG, "Approves a demotion or a request", takes_body=True, edits=True)
        app.post(f"{one}/tier/approve", **about, middlewares=[replaying])(self.approve)
        about = operation("reject_tier", TAG, "Rejects a demotion or a request", takes_body=True, edits=True)
        app.post(f"{one}/tier/reject", **about, middlewares=[replaying])(self.reject)
        app.get(f"{one}/decision", **operation("decide", TAG, "Decides now and explains; writes nothing"))(self.decide)
        about = operation("list_tier_history", TAG, "Every tier change, newest first")
        app.get(f"{one}/tier-history", **about)(self.history)

    def set(
        self, session: Here, account_id: str, body: Annotated[Later[OverrideGiven], Body()], if_match: IfMatch = None
    ) -> Response[AccountView]:
        account = self._accounts.find(account_id)
        self._accounts.check_own(account, session)
        precondition(if_match).check(account.edits)
        wish, published = body.checked().wish(), self._configuration.published(session.now)
        if sets(session):
            override = wish.override(published, session)
            return _shown(self._overriding.put(account, override, published, session), published, session)
        request = wish.request(published, session)
        asked = self._overriding.ask(account, request, published, session)
        return _shown(asked, published, session, HTTPStatus.ACCEPTED)

    def clear(self, session: Here, account_id: str, if_match: IfMatch = None) -> Response[AccountView]:
        stored = self._accounts.find(account_id)
        self._accounts.check_own(stored, session)
        published = self._configuration.published(session.now)
        if sets(session):
            account = self._overriding.find_overridden(stored, published, session)
        else:
            account = self._overriding.find_request_of(stored, session)
        precondition(if_match).check(stored.edits)
        if sets(session):
            changed = self._overriding.put(account, None, published, session)
        else:
            changed = self._overriding.withdraw(account, published, session)
        return _shown(changed, published, session)

    def approve(
        self,
        session: Here,
        account_id: str,
        body: Annotated[Later[ApprovalGiven | None], Body()],
        if_match: IfMatch = None,
    ) -> Response[AccountView]:
        account = self._accounts.find(account_id)
        precondition(if_match, required=False).check(account.edits)
        given, published = body.checked() or ApprovalGiven(), self._configuration.published(session.now)
        changed = self._overriding.approve(account, given.meant(), published, session)
        return _shown(changed, published, session)

    def reject(
        self, session: Here, account_id: str, body: Annotated[Later[RejectionGiven], Body()], if_match: IfMatch = None
    ) -> Response[AccountView]:
        account = self._accounts.find(account_id)
        precondition(if_match, required=False).check(account.edits)
        given, published = body.checked(), self._configuration.published(session.now)
        refused = Refused(given.reason, Until(given.expires_at, "expires_at" in given.model_fields_set))
        changed = self._overriding.reject(account, given.meant(), refused, published, session)
        return _shown(changed, published, session)

    def decide(self, session: Here, account_id: str) -> DecisionView:
        account = self._accounts.find(account_id)
        return decision_view(present(account, self._configuration.published(session.now), session.now).decision)

    def history(self, account_id: str, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> HistoryView:
        account = self._accounts.find(account_id)
        page = self._accounts.history(account, limit=limit, cursor=cursor)
        return HistoryView(items=[history_row(change) for change in page.items], next_cursor=page.cursor)


def _shown(
    account: Account, published: Published, session: Here, status: HTTPStatus = HTTPStatus.OK
) -> Response[AccountView]:
    view = account_view(*present(account, published, session.now), published.catalogue)
    return reply(view, version=account.edits, status=status)
