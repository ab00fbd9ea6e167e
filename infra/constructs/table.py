"""The tables, from their shapes: paid by the request, restorable to any second of 35 days, kept."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.constructs.function import HouseFunction
from infra.constructs.retention import removal
from infra.stages import Stage
from shared.runtime.tables import Key, Kind, Table

_TYPES = {Kind.TEXT: dynamodb.AttributeType.STRING, Kind.NUMBER: dynamodb.AttributeType.NUMBER}


class HouseTable(Construct):
    """Named, so that a change of its key fails the deployment: else an empty table would stand beside the full one."""

    def __init__(self, scope: Construct, *, stage: Stage, shape: Table) -> None:
        super().__init__(scope, shape.name.title())
        self.shape = shape
        self.table = dynamodb.Table(
            self,
            "Table",
            table_name=f"{stage.prefix}-{shape.name}",
            partition_key=_attribute(shape.hash),
            sort_key=_attribute(shape.range) if shape.range else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.DEFAULT,
            stream=dynamodb.StreamViewType.NEW_IMAGE if shape.stream else None,
            time_to_live_attribute=shape.time_to_live,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=stage.keep_data,
            removal_policy=removal(stage),
        )
        for index in shape.indexes:
            self.table.add_global_secondary_index(
                index_name=index.name,
                partition_key=_attribute(index.hash),
                sort_key=_attribute(index.range),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )

    @property
    def name(self) -> str:
        return self.table.table_name

    @property
    def stream_arn(self) -> str:
        """Raises ValueError where the shape has no stream."""
        if self.table.table_stream_arn is None:
            raise ValueError(f"the table {self.shape.name} has no stream")
        return self.table.table_stream_arn

    def allow(self, function: HouseFunction, *actions: str) -> None:
        """`actions` without the service's name: `GetItem`."""
        function.allow([f"dynamodb:{action}" for action in actions], [self.table.table_arn])

    def allow_query(self, function: HouseFunction, *indexes: str) -> None:
        """Of these indexes alone: the table itself is `allow(function, "Query")`."""
        known = {index.name for index in self.shape.indexes}
        if unknown := set(indexes) - known:
            raise ValueError(f"the table {self.shape.name} has no index {', '.join(sorted(unknown))}")
        function.allow(["dynamodb:Query"], [f"{self.table.table_arn}/index/{name}" for name in indexes])


type Tables = dict[str, HouseTable]


def tables(scope: Construct, *, stage: Stage, shapes: Sequence[Table]) -> Tables:
    return {shape.name: HouseTable(scope, stage=stage, shape=shape) for shape in shapes}


def _attribute(key: Key) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=key.name, type=_TYPES[key.kind])
