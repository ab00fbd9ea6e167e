"""What was synthesized, as plain data that tests ask: resources by type, and what a reference leads to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from infra.stages import Stage

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Resource:
    stack: str
    id: str
    type: str
    properties: Json
    whole: Json
    """With `DeletionPolicy` and its like."""


@dataclass(frozen=True, slots=True)
class Assembled:
    stage: Stage
    folder: Path
    templates: Mapping[str, Json]
    """By the end of the stack's name: `data`, `service`, `watch`."""

    @classmethod
    def read(cls, folder: Path, stage: Stage) -> Self:
        templates = {
            name: json.loads((folder / f"{stage.prefix}-{name}.template.json").read_text("utf-8"))
            for name in ("data", "service", "watch")
        }
        return cls(stage, folder, templates)

    def resources(self, kind: str = "") -> Iterator[Resource]:
        """All, or those of a type like `AWS::SQS::Queue`."""
        for stack, template in self.templates.items():
            for name, whole in template["Resources"].items():
                if kind in ("", whole["Type"]):
                    yield Resource(stack, name, whole["Type"], whole.get("Properties", {}), whole)

    def named(self, kind: str, attribute: str) -> dict[str, Resource]:
        """Resources of a type by the name that they get on AWS, the stage's prefix left out."""
        prefix = f"{self.stage.prefix}-"
        return {resource.properties[attribute].removeprefix(prefix): resource for resource in self.resources(kind)}

    def functions(self) -> dict[str, Resource]:
        """By the folder's name."""
        found = self.named("AWS::Lambda::Function", "FunctionName")
        return {name.replace("-", "_"): resource for name, resource in found.items()}

    def queues(self) -> dict[str, Resource]:
        return self.named("AWS::SQS::Queue", "QueueName")

    def target(self, reference: Json, stack: str = "service") -> Resource:
        """The resource that a Ref, GetAtt or import leads to."""
        if "Fn::ImportValue" in reference:
            return self._exported(reference["Fn::ImportValue"])
        logical_id = reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0]
        whole = self.templates[stack]["Resources"][logical_id]
        return Resource(stack, logical_id, whole["Type"], whole.get("Properties", {}), whole)

    def _exported(self, export: str) -> Resource:
        for stack, template in self.templates.items():
            for output in template.get("Outputs", {}).values():
                if output.get("Export", {}).get("Name") == export:
                    return self.target(output["Value"], stack)
        raise LookupError(export)

    def statements(self, role: Json) -> list[Json]:
        """All that the role of such a reference may do, its policies' statements in one list."""
        wanted = self.target(role).id
        return [
            statement
            for policy in self.resources("AWS::IAM::Policy")
            if any(self.target(each, policy.stack).id == wanted for each in policy.properties["Roles"])
            for statement in policy.properties["PolicyDocument"]["Statement"]
        ]


def listed(value: Any) -> list[Any]:
    """IAM writes a list of one as its only item."""
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """A resource with its references named: `{Accounts.Arn}/index/by_tier`."""
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(text(part) for part in parts)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{{{name}.{attribute}}}"
        case {"Ref": name}:
            return f"{{{name}}}"
        case {"Fn::ImportValue": name}:
            return f"{{{name}}}"
    raise TypeError(value)
