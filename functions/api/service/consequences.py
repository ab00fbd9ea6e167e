"""What a change of the configuration would break elsewhere: the rules that name a tier, a field or an option."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from functions.api.service.edition import Body, Edition
from functions.api.service.refusals import Conflict
from shared.accounts.catalogue import Catalogue
from shared.accounts.identity import FieldName, SourceName
from shared.accounts.values import Json
from shared.configuration.alert_rules_document import parse_alert_rules
from shared.configuration.fields_document import parse_fields
from shared.configuration.published import ALERT_RULES, FIELDS, POLICY, SETTINGS, TIERS, source_id
from shared.configuration.settings_document import parse_settings
from shared.configuration.sources import KNOWN, TIER_PROPERTY
from shared.configuration.sources_document import parse_source
from shared.rules.errors import Code, DocumentError, DocumentRefused
from shared.rules.reading import escaped
from shared.tiers import model
from shared.tiers.model import TierModel
from shared.tiers.model_document import parse_model
from shared.tiers.policy_document import parse_policy

DRAFT = "draft"


def broken(edition: Edition, after: Mapping[str, Body], edited: str) -> Sequence[DocumentError]:
    """What of the other documents no longer fits once `edited`, valid in itself, is as in `after`.

    What did not fit before either is no consequence of it: a draft may be older than the tiers of today.
    """
    found = _misfits(edition, after, edited)
    known = {(error.pointer, error.code) for error in _misfits(edition, edition.bodies, edited)} if found else set()
    return [error for error in found if (error.pointer, error.code) not in known]


def _misfits(edition: Edition, after: Mapping[str, Body], edited: str) -> Sequence[DocumentError]:
    settings = parse_settings(after.get(SETTINGS, {}))
    try:
        catalogue = parse_fields(after.get(FIELDS, {}), settings.reporting_currency)
    except DocumentRefused as refused:
        return broken_scores(after.get(FIELDS, {}), refused)
    tiers = parse_model(after[TIERS]) if TIERS in after else model.FRESH
    checks: dict[str, tuple[Body, Callable[[], object]]] = {
        document_id: (body, partial(parse_policy, body, tiers, catalogue))
        for document_id, body in _policies(edition).items()
    }
    if ALERT_RULES in after:
        checks[ALERT_RULES] = (after[ALERT_RULES], partial(parse_alert_rules, after[ALERT_RULES], tiers))
    for name in KNOWN:
        body = after.get(source_id(name), {})
        checks[source_id(name)] = (body, partial(_check_source, name, body, catalogue, tiers))
    return [
        _placed(document_id, body, error)
        for document_id, (body, parse) in checks.items()
        if document_id != edited
        for error in _errors(parse)
    ]


def _check_source(name: SourceName, body: Body, catalogue: Catalogue, tiers: TierModel) -> None:
    """Raises DocumentRefused, also where the mapping gives a tier that is none."""
    given = [
        (f"/mapping/{index}/translate/{escaped(value)}", text)
        for index, mapping in enumerate(parse_source(name, body, catalogue).mapping or ())
        if mapping.target == TIER_PROPERTY
        for value, text in mapping.translate.items()
    ]
    message = "no tier has this id or name: map the value to another"
    errors = [DocumentError(at, Code.UNKNOWN_TIER, message) for at, text in given if tiers.named(text) is None]
    if errors:
        raise DocumentRefused(errors)


def broken_scores(fields: Body, refused: DocumentRefused) -> Sequence[DocumentError]:
    """What was refused of scores, in a document of fields; raises `refused` itself where it is of something else."""
    if any(error.pointer.split("/")[3:4] != ["score"] for error in refused.errors):
        raise refused
    return [_placed(FIELDS, fields, error) for error in refused.errors]


def reading(edition: Edition, name: FieldName) -> Sequence[DocumentError]:
    """The rules, published and of the draft, and the scores that read a field."""
    documents = {**_policies(edition), FIELDS: edition.bodies.get(FIELDS, {})}
    return [
        DocumentError(f"/{document_id}{pointer}", Code.UNKNOWN_FIELD, f"{_named(document_id, pointer, body)} reads it")
        for document_id, body in documents.items()
        for pointer in _mentions(body, name)
    ]


def in_the_way(what: str, errors: Sequence[DocumentError]) -> Conflict:
    """The refusal of a change of `what`, naming each rule once."""
    named = dict.fromkeys(error.message.partition(": ")[0].removesuffix(" reads it") for error in errors)
    return Conflict(f"{what} is used by {', '.join(named)}. Change these first.", code="in_use", errors=errors)


def _errors(parse: Callable[[], object]) -> Sequence[DocumentError]:
    try:
        parse()
    except DocumentRefused as refused:
        return refused.errors
    return ()


def _policies(edition: Edition) -> dict[str, Body]:
    drafted = {} if edition.draft is None else {DRAFT: edition.draft_policy}
    return {POLICY: edition.policy, **drafted}


def _placed(document_id: str, body: Body, error: DocumentError) -> DocumentError:
    named = _named(document_id, error.pointer, body)
    return DocumentError(f"/{document_id}{error.pointer}", error.code, f"{named}: {error.message}")


def _named(document_id: str, pointer: str, body: Body) -> str:
    """`rule high`, `rule mid of the draft`, `score value_score`, `alert rule watch`, `the mapping of recurly`."""
    _, key, index, *_ = [*pointer.split("/"), "", "", ""]
    item = _item(body.get(key), index)
    rule = f"rule {item.get('id')}" if item else f"the policy's {key}"
    match document_id:
        case "policy":
            return rule
        case "draft":
            return f"{rule} of the draft"
        case "alert_rules" if item:
            return f"alert {rule}"
        case "fields" if item:
            return f"score {item['name']}"
        case _:
            kind, _, name = document_id.partition(":")
            return f"the mapping of {name}" if kind == "source" else document_id


def _item(listed: Json, index: str) -> Mapping[str, Json] | None:
    if isinstance(listed, list) and index.isdecimal() and int(index) < len(listed):
        found = listed[int(index)]
        return found if isinstance(found, Mapping) and ("id" in found or "name" in found) else None
    return None


def _mentions(document: Body, name: FieldName) -> Iterator[str]:
    """One pointer for each rule, or score, and one for `requires`."""
    requires = document.get("requires")
    for key in ("rules", "fields"):
        listed = document.get(key)
        for index, item in enumerate(listed if isinstance(listed, list) else []):
            if any(node.get("field") == name for node in _objects(item)):
                yield f"/{key}/{index}"
    if isinstance(requires, list) and name in requires:
        yield f"/requires/{requires.index(name)}"


def _objects(node: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(node, Mapping):
        yield node
    members: Iterable[Json] = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    for member in members:
        yield from _objects(member)
