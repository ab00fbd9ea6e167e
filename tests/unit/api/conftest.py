"""One API to each test."""

import pytest

from tests.unit.api.stage import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()
