"""The simulator plays the deployment that the templates describe: its figures are theirs."""

from collections.abc import Iterator

from tests.infra.assembled import Assembled, Json
from tests.simulation import deployed
from tests.simulation.deployed import Figures


def _mappings(assembled: Assembled) -> Iterator[tuple[str, str, Json]]:
    """What wakes a function, by names, and how."""
    for each in assembled.resources("AWS::Lambda::EventSourceMapping"):
        source, worker = (
            assembled.text(each.properties["EventSourceArn"]),
            assembled.target(each.properties["FunctionName"]).name,
        )
        prefix = f"{assembled.stage.prefix}-"
        yield source.removeprefix(prefix), worker.removeprefix(prefix).replace("-", "_"), each.properties


def test_queues_and_their_workers_are_as_deployed(prod: Assembled) -> None:
    functions, queues = prod.functions(), prod.named("AWS::SQS::Queue")
    found = {
        source: Figures(
            mapping["BatchSize"],
            mapping["ScalingConfig"]["MaximumConcurrency"],
            functions[worker].properties["Timeout"],
        )
        for source, worker, mapping in _mappings(prod)
        if "StartingPosition" not in mapping and not source.endswith("-isolation")
    }
    assert found == deployed.QUEUES
    for name, figures in deployed.QUEUES.items():
        for queue, receives in ((name, deployed.ISOLATE_AFTER), (f"{name}-isolation", deployed.GIVE_UP_AFTER)):
            properties = queues[queue].properties
            assert properties["RedrivePolicy"]["maxReceiveCount"] == receives
            assert properties["VisibilityTimeout"] == deployed.VISIBILITY * figures.seconds


def test_isolation_is_worked_on_one_by_one_as_deployed(prod: Assembled) -> None:
    alone = [mapping for source, _, mapping in _mappings(prod) if source.endswith("-isolation")]
    assert {(each["BatchSize"], each["ScalingConfig"]["MaximumConcurrency"]) for each in alone} == {
        (1, deployed.ISOLATED_AT_ONCE)
    }


def test_streams_are_as_deployed(prod: Assembled) -> None:
    found = {worker: mapping for _, worker, mapping in _mappings(prod) if "StartingPosition" in mapping}
    assert {worker: each.get("ParallelizationFactor", 1) for worker, each in found.items()} == deployed.LANES
    for mapping in found.values():
        assert mapping["BatchSize"] == deployed.STREAM_BATCH
        assert mapping["MaximumRecordAgeInSeconds"] == deployed.RECORD_AGE


def test_configuration_and_ticks_are_as_deployed(prod: Assembled) -> None:
    assert prod.stage.config_max_age_seconds == deployed.CONFIG_AGE
    assert prod.stage.sync_tick_minutes == deployed.SYNC_TICK_MINUTES
    ticks = {each.properties["ScheduleExpression"] for each in prod.resources("AWS::Scheduler::Schedule")}
    assert ticks == {"rate(1 minute)", f"rate({deployed.SYNC_TICK_MINUTES} minutes)"}
