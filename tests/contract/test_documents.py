"""What every store of documents holds to."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.accounts import exact_json
from shared.configuration.documents import Document, DocumentChange, DocumentTooLarge, Kind, StaleDocument
from tests.contract.builders import NOW, audit_entry
from tests.contract.conftest import Documents

BODY = {"rules": [{"value": Decimal("1000.10"), "rank": 1, "on": True, "none": None}], "": "Größe 💶 \x00 \ud800"}


def put(documents: Documents, body: object, *, expected: int = 0, document_id: str = "policy") -> None:
    change = DocumentChange(Kind.PUBLISHED, document_id, expected, body)  # type: ignore[arg-type]  # what JSON says
    documents.commit([change], at=NOW, by="cs-ops", audit=[audit_entry()])


def test_gives_back_what_was_stored_exactly(documents: Documents) -> None:
    put(documents, BODY)

    found = documents.get(Kind.PUBLISHED, "policy")

    assert found == Document(Kind.PUBLISHED, "policy", 1, BODY, NOW, "cs-ops")
    assert str(found.body) == str(BODY)
    assert documents.get(Kind.DRAFT, "policy") is None


def test_a_change_on_what_was_read_adds_one_to_the_version(documents: Documents) -> None:
    put(documents, {"n": 1})
    put(documents, {"n": 2}, expected=1)

    found = documents.get(Kind.PUBLISHED, "policy")

    assert found is not None
    assert (found.version, found.body) == (2, {"n": 2})


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_change_on_what_is_stale_is_refused(documents: Documents, expected: int) -> None:
    put(documents, {"n": 1})
    put(documents, {"n": 2}, expected=1)

    with pytest.raises(StaleDocument):
        put(documents, {"n": 3}, expected=expected)


def test_a_document_without_an_audit_entry_is_written_on_the_same_condition(documents: Documents) -> None:
    for expected, body in enumerate(({"n": 1}, {"n": 2})):
        documents.commit([DocumentChange(Kind.BREAKER, "ledger", expected, body)], at=NOW, by="breaker", audit=[])

    for stale in (0, 1, 3):
        with pytest.raises(StaleDocument):
            documents.commit([DocumentChange(Kind.BREAKER, "ledger", stale, {})], at=NOW, by="breaker", audit=[])

    assert documents.get(Kind.BREAKER, "ledger") == Document(Kind.BREAKER, "ledger", 2, {"n": 2}, NOW, "breaker")


def test_one_stale_change_stops_all(documents: Documents) -> None:
    put(documents, {"n": 1})
    changes = [DocumentChange(Kind.POLICY, "1", 0, {}), DocumentChange(Kind.PUBLISHED, "policy", 0, {})]

    with pytest.raises(StaleDocument):
        documents.commit(changes, at=NOW, by="cs-ops", audit=[])

    assert documents.get(Kind.POLICY, "1") is None


def test_a_deleted_document_is_gone_and_may_come_again(documents: Documents) -> None:
    put(documents, {"n": 1})
    with pytest.raises(StaleDocument):
        put(documents, None, expected=2)
    put(documents, None, expected=1)

    assert documents.get(Kind.PUBLISHED, "policy") is None
    put(documents, None)
    put(documents, {"n": 2})
    with pytest.raises(StaleDocument):
        put(documents, None)


def test_all_of_a_kind_come_by_id(documents: Documents) -> None:
    for document_id in ("tiers", "source:recurly", "fields"):
        put(documents, {}, document_id=document_id)
    documents.commit([DocumentChange(Kind.DRAFT, "policy", 0, {})], at=NOW, by="cs-ops", audit=[])

    assert [document.id for document in documents.all(Kind.PUBLISHED)] == ["fields", "source:recurly", "tiers"]
    assert documents.all(Kind.EXAMPLES) == []


def test_a_document_above_256_kb_is_refused(documents: Documents) -> None:
    put(documents, {"x": "x" * (256 * 1024 - 8)})
    with pytest.raises(DocumentTooLarge):
        put(documents, {"x": "x" * (256 * 1024)}, expected=1)


def test_many_large_documents_are_read_whole(documents: Documents) -> None:
    for number in range(6):
        put(documents, {"x": "x" * 200_000}, document_id=f"d{number}")

    assert len(documents.all(Kind.PUBLISHED)) == 6


def test_a_document_is_changed_once_in_a_commit(documents: Documents) -> None:
    change = DocumentChange(Kind.DRAFT, "policy", 0, {})

    with pytest.raises(ValueError, match="each once"):
        documents.commit([change, replace(change, body=None)], at=NOW, by="cs-ops", audit=[])
    with pytest.raises(ValueError, match="one or more"):
        documents.commit([], at=NOW, by="cs-ops", audit=[])


def test_a_binary_float_is_not_kept(documents: Documents) -> None:
    with pytest.raises(TypeError, match="float"):
        put(documents, {"rate": 0.1})


@pytest.mark.parametrize("hostile", ["", "x" * 3_000, "\ud800"])
def test_a_key_that_can_not_exist_is_not_found(documents: Documents, hostile: str) -> None:
    assert documents.get(Kind.PUBLISHED, hostile) is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False).filter(lambda number: number.adjusted() < 400),
    lambda member: st.lists(member) | st.dictionaries(st.text(), member),
    max_leaves=20,
)


@given(JSON)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_json_is_kept_exactly(value: object) -> None:
    assert exact_json.read(exact_json.write(value)) == value
