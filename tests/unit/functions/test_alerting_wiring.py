"""The functions from a tier change to its mail are put together from their environment alone, without a call."""

from collections.abc import Callable

import pytest

from functions.alerts.settings import Settings as AlertsSettings
from functions.alerts.wiring import wire as wire_alerts
from functions.announce.settings import Settings as AnnounceSettings
from functions.announce.wiring import wire as wire_announce
from functions.clock.settings import Settings as ClockSettings
from functions.clock.wiring import wire as wire_clock
from functions.notify.settings import Settings as NotifySettings
from functions.notify.wiring import wire as wire_notify
from shared.runtime.environment import read


class Named(dict[str, str]):
    """An environment where each variable has some value of its form."""

    def get(self, key: str, default: object = None) -> str:
        assert default == ""
        if key == "BEGINS_PAUSED":
            return "true"
        return "10" if key.endswith("SECONDS") else key.lower()


@pytest.mark.parametrize(
    "wired",
    [
        lambda: wire_alerts(read(AlertsSettings, Named())),
        lambda: wire_announce(read(AnnounceSettings, Named())),
        lambda: wire_clock(read(ClockSettings, Named())),
        lambda: wire_notify(read(NotifySettings, Named())),
    ],
    ids=["alerts", "announce", "clock", "notify"],
)
def test_wiring_calls_nothing(wired: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")

    assert wired() is not None
