"""The tier model's use cases: the ordered list is one document, saved as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from functions.api.service.configuration import Configuration
from functions.api.service.consequences import broken, in_the_way
from functions.api.service.edition import Body, Edition
from functions.api.service.moving import Moving
from functions.api.service.refusals import Conflict, NoSuch
from functions.api.service.retier import Retier
from functions.api.service.session import Session
from shared.accounts.identity import TierId
from shared.accounts.listing import AccountLists
from shared.accounts.values import Json
from shared.configuration.published import TIERS
from shared.rules.errors import Code, DocumentError, DocumentRefused
from shared.rules.reading import Reading
from shared.tiers.model import Tier, TierModel
from shared.tiers.model_document import parse_tiers, tiers_to_json

COUNTED = 1_000
"""Accounts of a tier are counted up to here: a refusal says `at least`."""


@dataclass(frozen=True, slots=True)
class Tiers:
    configuration: Configuration
    accounts: AccountLists
    moving: Moving
    retier: Retier

    def read(self) -> Edition:
        return self.configuration.read()

    def find(self, edition: Edition, tier_id: str) -> Tier:
        """Raises NoSuch."""
        tier = edition.published.rulebook.tiers.by_id.get(TierId(tier_id))
        if tier is None:
            raise NoSuch("tier of this id")
        return tier

    def save(self, edition: Edition, document: Json, session: Session) -> tuple[TierModel, int]:
        """The whole list; raises DocumentRefused, and Conflict where a tier that it leaves out is in use."""
        model = _read(document)
        self._refuse_named(edition, model)
        for tier in edition.published.rulebook.tiers.tiers:
            if tier.id not in model.by_id:
                self._refuse_inhabited(tier)
        return model, self._save(edition, model, session, "tiers.save")

    def add(self, edition: Edition, document: Json, session: Session) -> tuple[TierModel, int]:
        """At the end of the list: below all others."""
        listed = _listed(edition)
        model = _parsed([*listed, document], len(listed))
        return model, self._save(edition, model, session, "tier.add")

    def change(
        self, edition: Edition, tier: Tier, document: Mapping[str, Json], session: Session
    ) -> tuple[TierModel, int]:
        """Only what `document` names; a tier keeps its id and its place."""
        listed = _listed(edition)
        place = next(index for index, item in enumerate(listed) if item["id"] == tier.id)
        fixed = [key for key in ("id", "rank") if key in document]
        if fixed:
            message = "a tier keeps its id; its rank is its place in the list: PUT the list to change it"
            raise DocumentRefused([DocumentError(f"/{key}", Code.UNKNOWN_KEY, message) for key in fixed])
        changed = [*listed[:place], {**listed[place], **document}, *listed[place + 1 :]]
        model = _parsed(changed, place)
        return model, self._save(edition, model, session, "tier.change")

    def delete(self, edition: Edition, tier: Tier, move_to: str | None, session: Session) -> int:
        """Raises Conflict where rules name it or accounts are in it; those are first moved where `move_to` says."""
        left = TierModel(tuple(other for other in edition.published.rulebook.tiers.tiers if other.id != tier.id))
        if not left.tiers:
            raise Conflict("The last tier can't be deleted.", code="last_tier")
        self._refuse_named(edition, left)
        if move_to is None:
            self._refuse_inhabited(tier)
        else:
            self.moving.move_all(tier, move_to, edition.published, session)
        return self._save(edition, left, session, "tier.delete")

    def _save(self, edition: Edition, model: TierModel, session: Session, action: str) -> int:
        body = document_of(model)
        entry = session.audit(action, "tiers", {"tiers": _listed(edition)}, body)
        if _deciding(model) != _deciding(edition.published.rulebook.tiers):
            self.retier.order(edition.policy_version, session.now)
        return self.configuration.save(edition, TIERS, body, session, entry)

    def _refuse_named(self, edition: Edition, model: TierModel) -> None:
        found = broken(edition, {**edition.bodies, TIERS: document_of(model)}, TIERS)
        if found:
            raise in_the_way("A tier that would go", found)

    def _refuse_inhabited(self, tier: Tier) -> None:
        count = self.accounts.in_tier(tier.id, at_most=COUNTED)
        if count:
            raise Conflict(
                f"{tier.name} is the tier of at least {count} account{'' if count == 1 else 's'}:"
                " move them with ?move_to= when you delete it.",
                code="in_use",
            )


def _read(document: Json) -> TierModel:
    """`{"tiers": [...]}`, the list itself, or the list as this API shows it: what was read can be sent back."""
    if not isinstance(document, Mapping) or "items" not in document:
        return parse_tiers(document)
    reading = Reading()
    listed = reading.members(document, "", required=("items",), optional=("next_cursor",))["items"]
    model = reading.nested(partial(parse_tiers, listed), "/items", TierModel(()))
    reading.done()
    return model


def document_of(model: TierModel) -> Body:
    return {"tiers": cast("Json", tiers_to_json(model))}


def _deciding(model: TierModel) -> Sequence[tuple[str, str]]:
    """What of the tiers decisions depend on: their order, and the names that a CRM may use."""
    return [(tier.id, tier.name) for tier in model.tiers]


def _listed(edition: Edition) -> list[dict[str, Json]]:
    return tiers_to_json(edition.published.rulebook.tiers)


def _parsed(listed: Sequence[Json], place: int) -> TierModel:
    """The list, its errors told as those of the one item that is new."""
    try:
        return parse_tiers({"tiers": list(listed)})
    except DocumentRefused as refused:
        root = f"/tiers/{place}"
        raise DocumentRefused(
            [replace(error, pointer=error.pointer.removeprefix(root)) for error in refused.errors]
        ) from refused
