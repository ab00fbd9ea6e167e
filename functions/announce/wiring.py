"""Puts the announce function together: the event bus, and the tier history for rows that come back by themselves."""

from functions.announce.service import Announcer
from functions.announce.settings import Settings
from shared.aws import clients
from shared.aws.bus import EventBridgeBus
from shared.aws.dynamodb import stores
from shared.aws.dynamodb.database import Database
from shared.aws.queues import SqsQueue
from shared.runtime.clock import system_now


def wire(settings: Settings) -> Announcer:
    return Announcer(
        bus=EventBridgeBus(settings.bus_name, clients.events()),
        accounts=stores.accounts(Database(), settings),
        queue=SqsQueue(settings.announce_queue_url, clients.sqs()),
        clock=system_now,
    )
