"""A stage is a table of known settings of the right types: a slip is told before anything is deployed."""

import pytest

from infra.stages import BadStage, stage

MINIMAL = '[trial]\nsender = "cs@example.com"\n'


def test_a_stage_needs_a_sender_and_nothing_else() -> None:
    trial = stage("trial", MINIMAL)
    assert (trial.name, trial.sender, trial.emulated, trial.keep_data) == ("trial", "cs@example.com", False, True)
    assert (trial.prefix, trial.secrets_prefix) == ("tierwright-trial", "/tierwright/trial")


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("log_level = 'LOUD'", "log_level"),
        ("log_days = 31", "log_days"),
        ("tracing = 1", "tracing"),
        ("config_max_age_seconds = true", "config_max_age_seconds"),
        ("alarm_mail = 'ops@example.com'", "alarm_mail"),
        ("stream_record_age_seconds = 86400", "stream_record_age_seconds"),
        ("sync_tick_minutes = 0", "sync_tick_minutes"),
    ],
)
def test_a_slip_is_told_by_the_settings_name(setting: str, told: str) -> None:
    with pytest.raises(BadStage, match=told):
        stage("trial", f"{MINIMAL}{setting}\n")


def test_a_stage_without_a_sender_is_refused() -> None:
    with pytest.raises(BadStage, match="sender"):
        stage("trial", "[trial]\n")


def test_an_unknown_stage_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadStage, match="there are trial"):
        stage("prod", MINIMAL)


@pytest.mark.parametrize("name", ["Trial", "a stage", "x" * 21, "1st"])
def test_a_name_that_aws_would_refuse_is_refused(name: str) -> None:
    with pytest.raises(BadStage, match="name"):
        stage(name, f'["{name}"]\nsender = "cs@example.com"\n')


def test_the_local_stage_is_the_only_one_on_the_emulator() -> None:
    assert [name for name in ("local", "dev", "prod") if stage(name).emulated] == ["local"]


def test_production_keeps_its_data() -> None:
    assert stage("prod").keep_data
