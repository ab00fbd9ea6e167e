"""A document's body as text: what its stores keep, exact to the digit and at most 256 KB."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.accounts import exact_json
from shared.configuration.documents import DocumentChange, DocumentTooLarge

MAX_BYTES = 256 * 1024


def written(document_id: str, body: Mapping[str, object]) -> str:
    """Raises DocumentTooLarge."""
    text = exact_json.write(body)
    if len(text) > MAX_BYTES:
        raise DocumentTooLarge(f"the document {document_id} would have {len(text)} bytes; at most {MAX_BYTES} are kept")
    return text


def read(text: str) -> dict[str, Any]:
    body: dict[str, Any] = exact_json.read(text)
    return body


def check_each_once(changes: Sequence[DocumentChange]) -> None:
    """A transaction changes a document once, and one document at least: raises ValueError."""
    documents = [(change.kind, change.id) for change in changes]
    if not documents or len({*documents}) < len(documents):
        raise ValueError("a commit changes one or more documents, each once")
