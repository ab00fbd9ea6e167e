"""The whole app of a stage, and the checks that its templates must pass."""

from pathlib import Path

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from infra.layers import Layer
from infra.stacks.data import Data
from infra.stacks.service import Service
from infra.stacks.watch import Watch
from infra.stages import Stage

FLAGS = {"@aws-cdk/aws-iam:minimizePolicies": True, "@aws-cdk/core:validateAgainstDefaultRules": True}
"""The CDK's newer behaviours that the templates rely on; set here, since no CLI reads cdk.json for us."""


def build(stage: Stage, layer: Layer, outdir: Path) -> App:
    """The app, not yet synthesized: `synth()` writes it to `outdir` and fails on a finding nobody acknowledged."""
    app = App(outdir=str(outdir), analytics_reporting=False, tree_metadata=False, context=FLAGS)
    data = Data(app, stage=stage)
    service = Service(app, stage=stage, data=data, layer=layer)
    Watch(app, stage=stage, service=service)
    return checked(app)


def checked(app: App) -> App:
    """The app, whose synthesis now fails on a finding of AWS's rules that nobody acknowledged."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    return app
