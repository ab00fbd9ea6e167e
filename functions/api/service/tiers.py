"""The tier model's use cases: the ordered list is one document, saved as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from functions.api.service.configuration import Configuration
from functions.api.service.consequences import broken, in_the_way
from functions.api.service.edition import Edition
from functions.api.service.moving import Moving
from functions.api.service.refusals import Conflict, Malformed, NoSuch
from functions.api.service.retier import Retier
from functions.api.service.session import Session
from shared.accounts.identity import TierId
from shared.accounts.listing import AccountLists
from shared.accounts.values import Json
from shared.configuration.published import TIERS
from shared.rules.errors import Code, DocumentError, DocumentRefused
from shared.rules.reading import Reading
from shared.runtime.failures import Retryable
from shared.runtime.ports import Run
from shared.tiers.model import GoneTier, Tier, TierModel
from shared.tiers.model_document import model_to_json, parse_tiers, tiers_to_json
from shared.tiers.succession import CAUSE

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
        model = _model(edition).followed_by(_read(document).tiers)
        self._refuse_in_use(edition, model)
        return model, self._save(edition, model, session, "tiers.save")[0]

    def add(self, edition: Edition, document: Json, session: Session) -> tuple[TierModel, int]:
        """At the end of the list: below all others."""
        listed = _listed(edition)
        model = _model(edition).followed_by(_parsed([*listed, document], len(listed)).tiers)
        return model, self._save(edition, model, session, "tier.add")[0]

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
        model = _model(edition).followed_by(_parsed(changed, place).tiers)
        return model, self._save(edition, model, session, "tier.change")[0]

    def delete(self, edition: Edition, tier: Tier, move_to: str | None, session: Session) -> Run | None:
        """Raises Malformed where `move_to` is no other tier; Conflict where rules name the tier, or accounts are in it
        and `move_to` is none.

        The deletion is one write that also says where accounts move, so that none is lost half way, however many they
        are; those that did not move at once move by the run that is returned.
        """
        before = _model(edition)
        left = [other for other in before.tiers if other.id != tier.id]
        if not left:
            raise Conflict("The last tier can't be deleted.", code="last_tier")
        deleted = None if move_to is None else _deleted(tier, move_to, left, session)
        model = before.followed_by(left, deleted)
        self._refuse_in_use(edition, model)
        run = self._save(edition, model, session, "tier.delete")[1]
        return None if deleted is None or self._moved(tier, session) else run

    def _moved(self, tier: Tier, session: Session) -> bool:
        """The tier is gone already: what fails now fails nothing but haste."""
        try:
            return self.moving.move_now(tier.id, self.configuration.published(session.now), session)
        except Retryable:
            return False

    def _save(self, edition: Edition, model: TierModel, session: Session, action: str) -> tuple[int, Run | None]:
        """The document's version, and the walk over all accounts where decisions depend on what changed."""
        before, body = _model(edition), model_to_json(model)
        entry = session.audit(action, "tiers", model_to_json(before), body)
        run = None
        if _deciding(model) != _deciding(before):
            run = self.retier.order(edition.policy_version, session.now, CAUSE)
        return self.configuration.save(edition, TIERS, body, session, entry), run

    def _refuse_in_use(self, edition: Edition, model: TierModel) -> None:
        """Raises Conflict where rules name a tier that `model` leaves out, or accounts would be left in it."""
        before = _model(edition)
        found = broken(edition, {**edition.bodies, TIERS: model_to_json(model)}, TIERS)
        going = [tier for tier in before.tiers if tier.id not in model.by_id and tier.id not in model.gone_by_id]
        inhabited = [(tier, count) for tier in going if (count := self._inhabitants(tier, before))]
        told = [str(in_the_way("A tier that would go", found))] if found else []
        told += [
            f"{tier.name} is the tier of at least {count} account{'' if count == 1 else 's'}:"
            " move them with ?move_to= when you delete it."
            for tier, count in inhabited
        ]
        if told:
            raise Conflict(" ".join(told), code="in_use", errors=found)

    def _inhabitants(self, tier: Tier, model: TierModel) -> int:
        """Accounts in the tier, and those on their way to it from tiers that are gone."""
        ids = [tier.id, *(gone.id for gone in model.gone if gone.move_to == tier.id)]
        return sum(self.accounts.in_tier(one, at_most=COUNTED) for one in ids)


def _read(document: Json) -> TierModel:
    """`{"tiers": [...]}`, the list itself, or the list as this API shows it: what was read can be sent back."""
    if not isinstance(document, Mapping) or "items" not in document:
        return parse_tiers(document)
    reading = Reading()
    listed = reading.members(document, "", required=("items",), optional=("next_cursor",))["items"]
    model = reading.nested(partial(parse_tiers, listed), "/items", TierModel(()))
    reading.done()
    return model


def _deleted(tier: Tier, move_to: str, left: Sequence[Tier], session: Session) -> GoneTier:
    if move_to not in {other.id for other in left}:
        error = DocumentError("/query/move_to", Code.UNKNOWN_TIER, "name another tier, by its id")
        raise Malformed("The accounts can't be moved there.", [error])
    return GoneTier(tier.id, tier.name, TierId(move_to), session.actor.id, session.now)


def _model(edition: Edition) -> TierModel:
    return edition.published.rulebook.tiers


def _deciding(model: TierModel) -> Sequence[tuple[str, str]]:
    """What of the tiers decisions depend on: their order, and the names that a CRM may use."""
    return [(tier.id, tier.name) for tier in model.tiers]


def _listed(edition: Edition) -> list[dict[str, Json]]:
    return tiers_to_json(_model(edition))


def _parsed(listed: Sequence[Json], place: int) -> TierModel:
    """The list, its errors told as those of the one item that is new."""
    try:
        return parse_tiers({"tiers": list(listed)})
    except DocumentRefused as refused:
        root = f"/tiers/{place}"
        raise DocumentRefused(
            [replace(error, pointer=error.pointer.removeprefix(root)) for error in refused.errors]
        ) from refused
