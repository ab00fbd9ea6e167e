"""The tier model as JSON: the ordered list that admins save and the API shows, and the document that is stored."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import cast

from shared.accounts.identity import TierId
from shared.accounts.values import Json, moment_text, parse_moment
from shared.rules.errors import Code
from shared.rules.reading import Reading, escaped
from shared.tiers.model import MAX_GONE, DeliveryModel, GoneTier, Tier, TierModel

MAX_TIERS = 99
MAX_NAME = 200
MAX_TARGETS = 20
TARGET_DEPTH = 3

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z", re.ASCII)
_DELIVERY = {model.value: model for model in DeliveryModel}


def parse_tiers(document: Json) -> TierModel:
    """The model that a list of tiers, highest first, or `{"tiers": [...]}` says; raises DocumentRefused.

    A tier may bear its `rank`; it is refused where the list's order contradicts it.
    """
    reading = Reading()
    listed, root = document, ""
    if isinstance(document, Mapping):
        listed, root = reading.members(document, "", required=("tiers",)).get("tiers", []), "/tiers"
    tiers = [_tier(item, reading, where) for where, item in reading.items(listed, root, at_most=MAX_TIERS)]
    if not tiers:
        reading.refuse(root, Code.VALUE_NOT_FOR_TYPE, "write at least one tier")
    _refuse_repeats(tiers, reading, root)
    reading.done()
    return TierModel(tuple(tiers))


def parse_model(document: Json) -> TierModel:
    """The model as it is stored: `{"tiers": [...], "gone": [...]}`; raises DocumentRefused."""
    reading = Reading()
    given = reading.members(document, "", required=("tiers",), optional=("gone",))
    model = reading.nested(partial(parse_tiers, given.get("tiers", [])), "/tiers", TierModel(()))
    listed = reading.items(given.get("gone", []), "/gone", at_most=MAX_GONE)
    gone = tuple(_gone(item, reading, pointer) for pointer, item in listed)
    reading.done()
    return TierModel(model.tiers, gone)


def model_to_json(model: TierModel) -> dict[str, Json]:
    """What `parse_model` reads."""
    body: dict[str, Json] = {"tiers": cast("Json", tiers_to_json(model))}
    return {**body, "gone": [_gone_to_json(tier) for tier in model.gone]} if model.gone else body


def tiers_to_json(model: TierModel) -> list[dict[str, Json]]:
    """The list that `parse_tiers` reads."""
    return [
        {
            "id": tier.id,
            "name": tier.name,
            "definition": tier.definition,
            "delivery_model": tier.delivery_model and tier.delivery_model.value,
            "targets": None if tier.targets is None else cast("Mapping[str, Json]", dict(tier.targets)),
        }
        for tier in model.tiers
    ]


def _tier(document: Json, reading: Reading, pointer: str) -> Tier:
    given = reading.members(
        document, pointer, required=("id", "name"), optional=("definition", "delivery_model", "targets", "rank")
    )
    _check_rank(given, reading, pointer)
    delivery = given.get("delivery_model")
    return Tier(
        id=_id(given["id"], reading, f"{pointer}/id") if "id" in given else TierId(""),
        name=reading.text(given["name"], f"{pointer}/name", at_most=MAX_NAME) if "name" in given else "",
        definition=reading.text(given.get("definition", ""), f"{pointer}/definition", empty=True),
        delivery_model=None
        if delivery is None
        else reading.choice(delivery, f"{pointer}/delivery_model", _DELIVERY, DeliveryModel.DIGITAL),
        targets=_targets(given.get("targets"), reading, f"{pointer}/targets"),
    )


def _gone(document: Json, reading: Reading, pointer: str) -> GoneTier:
    required = ("id", "name", "move_to", "deleted_by", "deleted_at")
    given = reading.members(document, pointer, required=required, optional=("above",))
    texts = {key: reading.text(value, f"{pointer}/{key}") for key, value in given.items() if value is not None}
    moment = partial(parse_moment, texts.get("deleted_at", ""))
    return GoneTier(
        id=TierId(texts.get("id", "")),
        name=texts.get("name", ""),
        move_to=TierId(texts.get("move_to", "")),
        deleted_by=texts.get("deleted_by", ""),
        deleted_at=reading.attempt(moment, f"{pointer}/deleted_at", datetime.min.replace(tzinfo=UTC)),
        above=TierId(texts["above"]) if "above" in texts else None,
    )


def _gone_to_json(tier: GoneTier) -> Json:
    return {
        "id": tier.id,
        "name": tier.name,
        "move_to": tier.move_to,
        "deleted_by": tier.deleted_by,
        "deleted_at": moment_text(tier.deleted_at),
        "above": tier.above,
    }


def _id(raw: Json, reading: Reading, pointer: str) -> TierId:
    if not isinstance(raw, str) or not _ID.match(raw):
        reading.refuse(
            pointer,
            Code.VALUE_NOT_FOR_TYPE,
            "write 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-', a letter or digit first",
        )
        return TierId("")
    return TierId(raw)


def _check_rank(given: Mapping[str, Json], reading: Reading, pointer: str) -> None:
    position, rank = int(pointer.rpartition("/")[2]) + 1, given.get("rank")
    if "rank" in given and (not isinstance(rank, int) or isinstance(rank, bool) or rank != position):
        reading.refuse(
            f"{pointer}/rank", Code.VALUE_NOT_FOR_TYPE, f"the order of the list is the rank: this tier's is {position}"
        )


def _targets(raw: Json, reading: Reading, pointer: str) -> Mapping[str, object] | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        reading.refuse(pointer, Code.VALUE_NOT_FOR_TYPE, 'write an object, such as {"accounts_per_csm": 15}, or null')
        return None
    _check_plain(raw, reading, pointer, depth=1)
    return raw


def _check_plain(raw: Json, reading: Reading, pointer: str, *, depth: int) -> None:
    """Targets are for people: any small JSON will do."""
    match raw:
        case str():
            reading.text(raw, pointer, empty=True)
        case Mapping() | list() if depth > TARGET_DEPTH:
            reading.refuse(pointer, Code.TOO_DEEP, f"targets nest at most {TARGET_DEPTH} deep")
        case Mapping() if len(raw) > MAX_TARGETS:
            reading.refuse(pointer, Code.TOO_MANY, f"at most {MAX_TARGETS} targets")
        case Mapping():
            for key, value in raw.items():
                reading.text(key, f"{pointer}/{escaped(key)}", at_most=64)
                _check_plain(value, reading, f"{pointer}/{escaped(key)}", depth=depth + 1)
        case list():
            for where, item in reading.items(raw, pointer, at_most=MAX_TARGETS):
                _check_plain(item, reading, where, depth=depth + 1)
        case _:
            pass


def _refuse_repeats(tiers: list[Tier], reading: Reading, root: str) -> None:
    ids: dict[str, int] = {}
    names: dict[str, int] = {}
    for index, tier in enumerate(tiers):
        if tier.id and ids.setdefault(tier.id, index) != index:
            reading.refuse(f"{root}/{index}/id", Code.DUPLICATE_ID, f"{tier.id!r} is another tier's id already")
        if tier.name and names.setdefault(tier.name, index) != index:
            reading.refuse(f"{root}/{index}/name", Code.DUPLICATE_ID, f"{tier.name!r} is another tier's name already")
