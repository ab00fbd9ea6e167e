"""A table's stream as a step's trigger: filtered, bisected on errors, and put aside once it is too old."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_

from infra.acknowledged import acknowledge
from infra.constructs.failures import StreamFailures
from infra.constructs.function import HouseFunction
from infra.constructs.table import HouseTable
from infra.stages import Stage


@dataclass(frozen=True, slots=True)
class Filter:
    """Which changes wake the function: kinds of change, and texts of top-level attributes of the item as it became."""

    events: tuple[str, ...]
    texts: Mapping[str, str]

    def pattern(self) -> str:
        image = {name: {"S": [text]} for name, text in self.texts.items()}
        pattern: dict[str, object] = {"eventName": list(self.events)}
        return json.dumps(pattern | ({"dynamodb": {"NewImage": image}} if image else {}))


def follow(
    table: HouseTable,
    worker: HouseFunction,
    *,
    stage: Stage,
    only: Filter,
    failures: StreamFailures,
    parallel: int = 1,
) -> None:
    """The worker raises when it can't go on: the batch is tried again, halved, until its records are too old.

    `parallel`: invocations at once for each shard; changes of one item stay in order.
    """
    lambda_.CfnEventSourceMapping(
        worker,
        f"{table.node.id}Stream",
        function_name=worker.function.function_name,
        event_source_arn=table.stream_arn,
        starting_position="TRIM_HORIZON",
        batch_size=25,
        parallelization_factor=parallel,
        filter_criteria={"filters": [{"pattern": only.pattern()}]},
        bisect_batch_on_function_error=True,
        maximum_record_age_in_seconds=stage.stream_record_age_seconds,
        destination_config={"onFailure": {"destination": failures.arn}},
    )
    failures.grant_put(worker)
    worker.allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], [table.stream_arn])
    worker.allow(["dynamodb:ListStreams"], ["*"])
    finding = "AwsSolutions::AwsSolutions-IAM5[Resource::*]"
    acknowledge(worker.role, {finding: "dynamodb:ListStreams knows no resource; Lambda asks for it"})
