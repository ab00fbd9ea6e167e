"""/v1/accounts: lists, one account, and the values that people set by hand."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import Field

from functions.api.http.bodies import Given, Later
from functions.api.http.describing import operation
from functions.api.http.paging import DEFAULT_LIMIT, Cursor, Limit
from functions.api.http.preconditions import IfMatch, precondition
from functions.api.http.replies import reply
from functions.api.http.session import Here
from functions.api.service.accounts import Accounts, Sought
from functions.api.service.configuration import Configuration
from functions.api.service.present import present
from functions.api.views.accounts import AccountsView, AccountView, account_view

TAG = "accounts"

Word = Annotated[str | None, Query(min_length=1, max_length=128)]
Address = Annotated[
    str | None, Query(min_length=1, max_length=254, description="The CSM: a user's id or e-mail address.")
]
Text = Annotated[
    str | None, Query(min_length=1, max_length=256, description="Part of the name or of an external id, in any case.")
]
Record = Annotated[str | None, Query(min_length=3, max_length=600, description="Such as `generic:acct_42`.")]


class AccountGiven(Given):
    """Values by field; null clears one that was set by hand."""

    fields: Annotated[dict[str, Any], Field(min_length=1, max_length=200)]


class AccountRoutes:
    def __init__(self, accounts: Accounts, configuration: Configuration) -> None:
        self._accounts = accounts
        self._configuration = configuration

    def mount(self, app: APIGatewayHttpResolver) -> None:
        one = "/v1/accounts/<account_id>"
        app.get("/v1/accounts", **operation("list_accounts", TAG, "Accounts"))(self.list)
        app.get(one, **operation("read_account", TAG, "One account"))(self.read)
        about = operation("edit_account", TAG, "Sets values by hand", edits=True, takes_body=True)
        app.patch(one, **about)(self.edit)

    def list(
        self,
        session: Here,
        *,
        tier: Word = None,
        owner: Address = None,
        stage: Word = None,
        text: Text = None,
        pending: Annotated[bool | None, Query(description="Whether another tier is on its way.")] = None,
        requested: Annotated[bool | None, Query(description="Whether a request for an override is open.")] = None,
        external_id: Record = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> AccountsView:
        sought = Sought(tier, owner, stage, text, pending, requested, external_id)
        page = self._accounts.page(sought, limit=limit, cursor=cursor)
        published = self._configuration.published(session.now)
        views = [account_view(*present(account, published, session.now), published.catalogue) for account in page.items]
        return AccountsView(items=views, next_cursor=page.cursor)

    def read(self, session: Here, account_id: str) -> Response[AccountView]:
        account = self._accounts.find(account_id)
        published = self._configuration.published(session.now)
        view = account_view(*present(account, published, session.now), published.catalogue)
        return reply(view, version=account.edits)

    def edit(
        self, session: Here, account_id: str, body: Annotated[Later[AccountGiven], Body()], if_match: IfMatch = None
    ) -> Response[AccountView]:
        account = self._accounts.find(account_id)
        self._accounts.check_own(account, session)
        precondition(if_match).check(account.edits)
        published = self._configuration.published(session.now)
        edited = self._accounts.edit(account, body.checked().fields, published.catalogue, session)
        view = account_view(*present(edited, published, session.now), published.catalogue)
        return reply(view, version=edited.edits)
