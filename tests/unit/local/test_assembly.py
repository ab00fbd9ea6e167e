import ast
import json
from pathlib import Path
from typing import Any

from local import assembly
from local.fingerprint import files
from local.home import REPOSITORY


def write(output: Path, **needs: list[str]) -> None:
    artifacts: dict[str, Any] = {}
    for name, dependencies in needs.items():
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": f"{name}.template.json", "stackName": f"t-{name}"},
            "dependencies": [*dependencies, f"{name}.assets"],
        }
        artifacts[f"{name}.assets"] = {"type": "cdk:asset-manifest"}
        source = {"path": f"asset.{name}", "packaging": "zip"}
        asset = {"source": source, "destinations": {"here": {"bucketName": "b", "objectKey": f"{name}.zip"}}}
        (output / f"{name}.assets.json").write_text(json.dumps({"files": {"hash": asset}}))
        (output / f"{name}.template.json").write_text(json.dumps({"Resources": {"Of": name}}))
    (output / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))


def test_stacks_come_after_those_they_depend_on(tmp_path: Path) -> None:
    write(tmp_path, a=["c"], b=["a"], c=[])
    assert [stack.name for stack in assembly.read(tmp_path)] == ["t-c", "t-a", "t-b"]


def test_a_stack_knows_its_template_and_assets(tmp_path: Path) -> None:
    write(tmp_path, a=[])
    (stack,) = assembly.read(tmp_path)
    assert stack.template == {"Resources": {"Of": "a"}}
    assert stack.assets == {"a.zip": tmp_path / "asset.a"}


def test_whatever_the_app_imports_makes_a_new_synthesis() -> None:
    covered = set(files(*assembly.INPUTS))
    imported = {module for file in files("infra/**/*.py") for module in modules(file)}
    missing = {module for module in imported if (source := path(module)) and source not in covered}
    assert not missing


def modules(file: Path) -> set[str]:
    """What a file imports, `from a import b` as `a` and as `a.b`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def path(module: str) -> Path | None:
    file = REPOSITORY / f"{module.replace('.', '/')}.py"
    return file if file.exists() else None
