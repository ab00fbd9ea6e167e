"""A mail about many alerts reads them at once, however many they are."""

from collections.abc import Sequence
from datetime import timedelta

from functions.notify.handler import handle
from shared.alerts.alert import Alert, AlertId
from shared.alerts.store import MAX_MOVES
from shared.memory.alerts import MemoryAlerts
from tests.unit.alerts.builders import ANN
from tests.unit.functions.outbox_world import World


class Counted(MemoryAlerts):
    """How many alerts each read asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[int] = []

    def alert(self, alert_id: AlertId) -> Alert | None:
        self.reads.append(1)
        return super().alert(alert_id)

    def alerts_by_id(self, ids: Sequence[AlertId]) -> dict[AlertId, Alert]:
        self.reads.append(len(ids))
        return super().alerts_by_id(ids)


def test_a_digest_reads_its_alerts_at_once_and_tells_them_in_their_order() -> None:
    store = Counted()
    world = World(store=store)
    for number in range(MAX_MOVES):
        world.raises(f"a{number:02}", up=True)
    handle(world.streams(), world.notifier)
    store.reads.clear()
    world.now += timedelta(hours=1)

    handled = world.notifier.send_held(ANN.id)

    assert sum(delivery.notices for delivery in handled) == MAX_MOVES
    assert store.reads == [MAX_MOVES]
    (mail,) = world.mails
    places = [mail.text.index(f"Account a{number:02}") for number in range(MAX_MOVES)]
    assert places == sorted(places)
