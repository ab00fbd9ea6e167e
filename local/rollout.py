"""Brings the emulator to what the tree says: synthesizes, adapts, uploads, deploys, sets what templates can't carry."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from infra.layers import Layer, build
from local import assembly, assets, layer
from local.assembly import SynthesizedStack
from local.console import console, step
from local.deploy import deploy
from local.emulator import API_ID, Clients
from local.home import BUILD
from local.settle import settle
from local.template import Change, Place, transform


def prepare() -> Sequence[SynthesizedStack]:
    """The synthesized stacks of the tree as it is. One start at a time builds; the others find it built."""
    with _building():
        dependencies = Layer("local")
        if not dependencies.path.exists():
            with step("Install the functions' dependencies"):
                build(dependencies)
        assembled = assembly.current()
        if not assembled.exists():
            with step("Synthesize the templates"):
                assembly.synthesize(assembled)
        return assembly.read(assembled)


@contextmanager
def _building() -> Iterator[None]:
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def roll_out(clients: Clients, stacks: Sequence[SynthesizedStack], *, public_url: str) -> None:
    with step("Deploy"):
        place = _upload(clients, stacks, public_url)
        changes: dict[Change, None] = {}
        for stack in stacks:
            template, differences = transform(stack.template, place)
            changes |= dict.fromkeys(differences)
            if deploy(clients("cloudformation"), clients("s3"), name=stack.name, template=template):
                settle(clients, stack.name, template)
    for change in changes:
        console.print(f"  [dim]{change.what}: {change.did} ({change.reason})[/dim]", soft_wrap=True)


def _upload(clients: Clients, stacks: Sequence[SynthesizedStack], public_url: str) -> Place:
    packages = Layer("local").packages
    dependencies = assets.package(layer.pointer(packages))
    runtime = assets.package(layer.pointer(layer.runtime(packages, BUILD / "lambda-runtime")))
    code = {key: assets.package(assets.code(stack.assets[key])) for stack in stacks for key in _code_keys(stack)}
    assets.upload(clients("s3"), [dependencies, runtime, *code.values()])
    return Place(
        api_id=API_ID,
        public_url=public_url,
        bucket=assets.BUCKET,
        code={key: package.key for key, package in code.items()},
        dependencies=dependencies.key,
        runtime=runtime.key,
    )


def _code_keys(stack: SynthesizedStack) -> Iterator[str]:
    for resource in stack.template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            yield resource["Properties"]["Code"]["S3Key"]
