"""What is kept: the tables and the users. Nothing here is deleted with the code that works on it."""

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from infra.constructs.people import People
from infra.constructs.table import tables
from infra.stages import Stage
from shared.runtime.tables import TABLES


def environment(stage: Stage) -> Environment:
    return Environment(account=stage.account or None, region=stage.region or None)


class Data(Stack):
    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(
            scope,
            f"{stage.prefix}-data",
            env=environment(stage),
            description=f"Tierwright {stage.name}: what is kept",
            termination_protection=stage.keep_data,
            analytics_reporting=False,
        )
        self.tables = tables(self, stage=stage, shapes=TABLES)
        self.people = People(self, stage=stage)
        for name, table in self.tables.items():
            CfnOutput(self, f"{name.title()}TableName", value=table.name)
        CfnOutput(self, "UserPoolId", value=self.people.pool.user_pool_id)
        CfnOutput(self, "UserPoolClientId", value=self.people.client.user_pool_client_id)
