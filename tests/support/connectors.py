"""A vendor as a test lays it out: what each subject and page gives, or which error."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from shared.accounts.identity import SourceName
from shared.accounts.money import Rates
from shared.configuration.records import SourceRecord
from shared.configuration.sources import SourceConfig
from shared.connectors.lender import Lender
from shared.connectors.ports import Hint, PulledPage, RecordGone
from shared.memory.secrets import MemorySecrets

RECURLY = SourceName("recurly")

type Answer = Sequence[SourceRecord] | Exception | Callable[[], Sequence[SourceRecord]]


class FakeVendor:
    """Connector. Subjects that nobody laid out are gone; pages follow each other by the cursor's `page`."""

    def __init__(self) -> None:
        self.subjects: dict[str, Answer] = {}
        self.pages: list[PulledPage | Exception] = []
        self.fetched: list[str] = []
        self.pulled: list[Mapping[str, str]] = []

    def fetch(self, hint: Hint, *, rates: Rates, now: datetime) -> Sequence[SourceRecord]:
        assert rates.reporting
        assert now.tzinfo
        self.fetched.append(hint.subject)
        answer = self.subjects.get(hint.subject, RecordGone(f"nothing is at {hint.subject}"))
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer

    def pull(self, cursor: Mapping[str, str], *, rates: Rates, now: datetime) -> PulledPage:
        assert rates.reporting
        assert now.tzinfo
        self.pulled.append(dict(cursor))
        page = self.pages[int(cursor.get("page", "0"))]
        if isinstance(page, Exception):
            raise page
        return page


def lender(vendor: FakeVendor, *, key: str = "api-key") -> Lender:
    """Lends `vendor` as Recurly."""

    def connect(given: str, config: SourceConfig) -> FakeVendor:
        assert (given, config.name) == (key, RECURLY)
        return vendor

    return Lender({RECURLY: connect}, MemorySecrets({"api/recurly": (key,)} if key else {}))
