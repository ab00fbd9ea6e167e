"""The tier policy's use cases: a draft is edited and checked, a published version decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from functions.api.service.configuration import DRAFT, Configuration
from functions.api.service.edition import Body, Edition, policy_of
from functions.api.service.refusals import Conflict, NoSuch
from functions.api.service.retier import KIND, Retier
from functions.api.service.session import Session
from shared.accounts import cursor as cursors
from shared.accounts.listing import Page
from shared.accounts.values import Json
from shared.configuration.documents import Document, DocumentChange, Kind, policy_id
from shared.configuration.published import FRESH_POLICY_VERSION, POLICY
from shared.rules.errors import Code, DocumentError, DocumentRefused
from shared.rules.reading import escaped
from shared.runtime.ports import Run
from shared.tiers.lint import Warned, lint
from shared.tiers.policy_document import FRESH_POLICY, parse_policy
from shared.tiers.skipping import Holds

LIST = "versions"
SHOWN = frozenset({"policy", "based_on", "saved_at", "saved_by", "published"})
"""What a draft shows: what was read can be sent back."""


@dataclass(frozen=True, slots=True)
class Version:
    """A policy that was published."""

    number: int
    policy: Body
    saved: Document | None
    """None for the first, which a deployment begins with."""


FIRST = Version(FRESH_POLICY_VERSION, FRESH_POLICY, None)


@dataclass(frozen=True, slots=True)
class Policies:
    configuration: Configuration
    retier: Retier

    def read(self) -> Edition:
        return self.configuration.read()

    def in_force(self, edition: Edition) -> Version:
        return Version(edition.policy_version, edition.policy, edition.documents.get(POLICY))

    def version(self, number: int) -> Version:
        """Raises NoSuch."""
        if number == FIRST.number:
            return FIRST
        saved = self.configuration.version(number)
        policy = policy_of(saved)
        if saved is None or policy is None:
            raise NoSuch("policy of this version")
        return Version(number, policy, saved)

    def versions(self, *, limit: int, cursor: str | None) -> Page[Version]:
        """Newest first."""
        below = cursors.number(cursors.read(cursor, LIST, 1)[0]) if cursor else None
        saved = [Version(int(found.id), policy_of(found) or {}, found) for found in self.configuration.versions()]
        listed = [version for version in (*saved[::-1], FIRST) if below is None or version.number < below]
        page = tuple(listed[:limit])
        return Page(page, cursors.write(LIST, str(page[-1].number)) if len(listed) > limit else None)

    def save_draft(self, edition: Edition, document: Json, session: Session) -> Edition:
        """`document` is a policy, or has one as `policy`. Raises DocumentRefused with every error."""
        policy, errors = self.checked(edition, document)
        if errors:
            raise DocumentRefused(errors)
        body: Body = {"policy": policy}
        audit = session.audit("draft.save", "policy/draft", edition.draft.body if edition.draft else None, body)
        return self.configuration.save_draft(edition, body, session, audit)

    def checked(self, edition: Edition, document: Json) -> tuple[Json, Sequence[DocumentError]]:
        """The policy in `document` and all that is wrong with it, as things stand."""
        if not isinstance(document, Mapping) or "policy" not in document:
            return document, self._errors(edition, document, "")
        message = "leave it out: only the policy is saved"
        unknown = [key for key in document if key not in SHOWN]
        beside = [DocumentError(f"/{escaped(key)}", Code.UNKNOWN_KEY, message) for key in unknown]
        return document["policy"], [*beside, *self._errors(edition, document["policy"], "/policy")]

    @staticmethod
    def _errors(edition: Edition, policy: Json, root: str) -> Sequence[DocumentError]:
        rulebook = edition.published.rulebook
        try:
            parse_policy(policy, rulebook.tiers, rulebook.catalogue)
        except DocumentRefused as refused:
            return [replace(error, pointer=root + error.pointer) for error in refused.errors]
        return ()

    def validate(self, edition: Edition, document: Json) -> tuple[Sequence[DocumentError], Sequence[Warned]]:
        """All errors of a policy, or else lint's warnings; of the draft where `document` is null."""
        policy, errors = self.checked(edition, edition.draft_policy if document is None else document)
        if errors:
            return errors, ()
        rulebook = edition.published.rulebook
        parsed = parse_policy(policy, rulebook.tiers, rulebook.catalogue)
        return (), lint(parsed, rulebook)

    def restore(self, edition: Edition, version: Version, session: Session) -> Edition:
        """Makes an earlier version the draft; raises Conflict where it names what is no longer there."""
        try:
            return self.save_draft(edition, version.policy, session)
        except DocumentRefused as refused:
            message = f"Version {version.number} no longer fits the tiers and fields of today."
            raise Conflict(message, code="outdated", errors=refused.errors) from refused

    def publish(self, edition: Edition, draft_etag: str, session: Session, *, holds: Holds = Holds.KEEP) -> Run:
        """Puts the draft in force as the next version and has every account decided again.

        Raises Conflict where the draft is not the one that was named, or was published already; DocumentRefused.
        """
        draft = edition.draft
        if draft is None or "published" in draft.body:
            raise Conflict("The draft is what is published already.", code="nothing_to_publish")
        if draft_etag.strip('"') != str(draft.version):
            raise Conflict(
                f'The draft was changed since: its ETag is "{draft.version}" now. Read it again.', code="draft_changed"
            )
        policy, number = edition.draft_policy, edition.policy_version + 1
        _, errors = self.checked(edition, policy)
        if errors:
            raise DocumentRefused(errors)
        run = self.retier.order(number, session.now, holds=holds)
        body: Body = {"version": number, "policy": policy, "holds": holds.value}
        audit = session.audit(
            "policy.publish",
            f"policy/{number}",
            {"version": edition.policy_version, "policy": edition.policy},
            {**body, "run": run.id},
        )
        also = (
            DocumentChange(Kind.POLICY, policy_id(number), 0, body),
            DocumentChange(Kind.DRAFT, DRAFT, draft.version, {"policy": policy, "published": number}),
        )
        self.configuration.save(edition, POLICY, body, session, audit, also=also)
        return run

    def run(self, run_id: str) -> Run:
        """Raises NoSuch."""
        run = self.retier.runs.get(KIND, run_id)
        if run is None:
            raise NoSuch("publish of this id")
        return run
