"""The faults of a stack of its own: ordered by the test, struck in the functions' processes."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.stack.injector import faults
from tests.stack.injector.faults import Fault, Orders
from tests.stack.metering import FOLDER as METER

FOLDER = Path(faults.__file__).parent


@dataclass(slots=True)
class Injector:
    file: Path
    """What the processes read; beside it they write."""
    orders: Orders = field(default_factory=Orders)

    def __post_init__(self) -> None:
        self.orders.write(self.file)

    def environment(self) -> dict[str, str]:
        """What makes a function's process one that faults strike."""
        return {"PYTHONPATH": f"{FOLDER.resolve()}:{METER.resolve()}", "FAULTS_FILE": str(self.file.resolve())}

    @property
    def now(self) -> datetime:
        """By the functions' clocks."""
        return datetime.now(UTC) + self.orders.ahead

    def let_pass(self, span: timedelta) -> None:
        """Their clocks go ahead; nothing else does."""
        self._order(Orders(self.orders.faults, self.orders.seed, self.orders.ahead + span))

    @contextmanager
    def striking(self, seed: str, *wanted: Fault) -> Iterator[None]:
        """For as long as the body runs."""
        self._order(Orders(wanted, seed, self.orders.ahead))
        try:
            yield
        finally:
            self._order(Orders(ahead=self.orders.ahead))

    def _order(self, orders: Orders) -> None:
        orders.write(self.file)
        self.orders = orders

    def struck(self, seed: str) -> Counter[str]:
        """How often each function was, while faults of that seed did."""
        return Counter(said["function"] for said in self.told("struck") if said["seed"] == seed)

    def told(self, what: str) -> Sequence[Mapping[str, Any]]:
        """`struck`, `mail` (one that the provider took), `event` (one that the bus took), in their order."""
        lines = self.file.with_suffix(".told")
        if not lines.exists():
            return []
        whole = (json.loads(line) for line in lines.read_text().splitlines(keepends=True) if line.endswith("\n"))
        return [said for said in whole if said["what"] == what]
