"""The configuration as it stands, to be read or edited: every published document with its version, and the draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from shared.accounts.values import Json
from shared.configuration.documents import Document
from shared.configuration.published import POLICY, Published
from shared.tiers.policy_document import FRESH_POLICY

type Body = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Edition:
    documents: Mapping[str, Document]
    """Those of them that were ever saved, by id."""
    draft: Document | None
    published: Published

    def version(self, document_id: str) -> int:
        """0: never saved."""
        return self.documents[document_id].version if document_id in self.documents else 0

    @property
    def bodies(self) -> dict[str, Body]:
        return {document_id: cast("Body", document.body) for document_id, document in self.documents.items()}

    @property
    def policy(self) -> Body:
        """The published policy, as it was written."""
        return policy_of(self.documents.get(POLICY)) or FRESH_POLICY

    @property
    def policy_version(self) -> int:
        version = self.published.rulebook.policy_version
        if version is None:
            raise AssertionError("what is published has a version")
        return version

    @property
    def draft_version(self) -> int:
        return self.draft.version if self.draft else 0

    @property
    def draft_policy(self) -> Body:
        """The draft's policy; where no draft was saved, what is published."""
        return policy_of(self.draft) or self.policy


def policy_of(document: Document | None) -> Body | None:
    """The policy within a document of the policy, of its versions, or of its draft."""
    return cast("Body", document.body["policy"]) if document else None
