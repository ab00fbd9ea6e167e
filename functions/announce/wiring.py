"""Puts the announce function together: the event bus."""

from functions.announce.service import Announcer
from functions.announce.settings import Settings
from shared.aws import clients
from shared.aws.bus import EventBridgeBus


def wire(settings: Settings) -> Announcer:
    return Announcer(EventBridgeBus(settings.bus_name, clients.events()))
