"""What was synthesized, as plain data that tests ask: resources by type, and what a reference leads to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from infra.stages import Stage

type Json = dict[str, Any]
type Right = tuple[str, str]
"""An action and what it may be done to: `("dynamodb:GetItem", "tierwright-prod-accounts")`."""

_NAMES = ("TableName", "QueueName", "FunctionName", "TopicName", "UserPoolName", "LogGroupName", "Name")


@dataclass(frozen=True, slots=True)
class Resource:
    stack: str
    id: str
    type: str
    properties: Json
    whole: Json
    """With `DeletionPolicy` and its like."""

    @property
    def name(self) -> str:
        """As on AWS, where it is given one; else its logical id."""
        return str(next((self.properties[key] for key in _NAMES if key in self.properties), self.id))


@dataclass(frozen=True, slots=True)
class Assembled:
    stage: Stage
    folder: Path
    templates: Mapping[str, Json] = field(repr=False)
    """By the end of the stack's name: `data`, `service`, `watch`."""

    @classmethod
    def read(cls, folder: Path, stage: Stage) -> Self:
        templates = {
            name: json.loads((folder / f"{stage.prefix}-{name}.template.json").read_text("utf-8"))
            for name in ("data", "service", "watch")
        }
        return cls(stage, folder, templates)

    def resources(self, kind: str) -> Iterator[Resource]:
        """Those of a type like `AWS::SQS::Queue`."""
        for stack, template in self.templates.items():
            for logical_id, whole in template["Resources"].items():
                if whole["Type"] == kind:
                    yield _resource(stack, logical_id, whole)

    def named(self, kind: str) -> dict[str, Resource]:
        """Resources of a type by name, the stage's prefix left out."""
        return {resource.name.removeprefix(f"{self.stage.prefix}-"): resource for resource in self.resources(kind)}

    def functions(self) -> dict[str, Resource]:
        """By the folder's name."""
        return {name.replace("-", "_"): found for name, found in self.named("AWS::Lambda::Function").items()}

    def target(self, reference: Json, stack: str = "service") -> Resource:
        """The resource that a Ref, GetAtt or import in the stack leads to."""
        if "Fn::ImportValue" in reference:
            return self._exported(reference["Fn::ImportValue"])
        logical_id = reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0]
        return _resource(stack, logical_id, self.templates[stack]["Resources"][logical_id])

    def _exported(self, export: str) -> Resource:
        for stack, template in self.templates.items():
            for output in template.get("Outputs", {}).values():
                if output.get("Export", {}).get("Name") == export:
                    return self.target(output["Value"], stack)
        raise LookupError(export)

    def text(self, value: Any, stack: str = "service") -> str:
        """A value with what it refers to by name: `tierwright-prod-accounts/index/by_tier`."""
        match value:
            case str():
                return value
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.text(part, stack) for part in parts)
            case {"Ref": str(name)} if name.startswith("AWS::"):
                return name
            case dict():
                return self.target(value, stack).name
        raise TypeError(value)

    def rights(self, role: Resource) -> set[Right]:
        """All that the role may do; it is refused nothing expressly."""
        statements = [
            statement
            for policy in self.resources("AWS::IAM::Policy")
            if any(self.target(each, policy.stack).id == role.id for each in policy.properties["Roles"])
            for statement in policy.properties["PolicyDocument"]["Statement"]
        ]
        assert all(statement["Effect"] == "Allow" for statement in statements)
        return {
            (action, self.text(resource))
            for statement in statements
            for action in _listed(statement["Action"])
            for resource in _listed(statement["Resource"])
        }

    def rights_of(self, function: str) -> set[Right]:
        return self.rights(self.target(self.functions()[function].properties["Role"]))


def _resource(stack: str, logical_id: str, whole: Json) -> Resource:
    return Resource(stack, logical_id, whole["Type"], whole.get("Properties", {}), whole)


def _listed(value: Any) -> list[Any]:
    """IAM writes a list of one as its only item."""
    return value if isinstance(value, list) else [value]
