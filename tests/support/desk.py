"""The API over a world: people at their desks, while everything else goes on."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.world import World
from tests.unit.api.stage import Reply, Stage


@dataclass
class Desk:
    world: World
    _stage: Stage = field(init=False)

    def __post_init__(self) -> None:
        self.sit_down()

    def sit_down(self) -> None:
        """At an API that remembers nothing of before, and whose ports meet the world's faults."""
        world = self.world
        port = world.fault.port
        self._stage = Stage(
            accounts=port(world.accounts),
            documents=port(world.documents),
            alerts=port(world.alerts),
            runs=port(world.runs),
            synced=port(world.watermarks),
            decide=port(world.decide),
            syncs=port(world.syncs),
            users=port(world.directory),
            secrets=world.secrets,
        )

    def call(self, role: str, route: str, body: object = None, **headers: str) -> Reply:
        """As the user `role-1`; a change takes whatever is there."""
        self._stage.now = self.world.now
        if route.startswith(("PUT", "PATCH", "DELETE")):
            headers = {"if_match": "*", **headers}
        return self._stage.call(route, body, role=role, **headers)

    def done(self, role: str, route: str, body: object = None) -> Any:
        reply = self.call(role, route, body)
        assert reply.status < 300, reply.text
        return reply.json
