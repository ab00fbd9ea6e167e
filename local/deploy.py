"""Deploys the adapted templates through the emulator's CloudFormation, each only when it changed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from local.assets import BUCKET

_TAG = "content"
_DELAY = {"Delay": 1, "MaxAttempts": 240}


class DeployFailed(Exception):
    """CloudFormation could not make a stack; the message has its reasons."""


def deploy(cloudformation: Any, s3: Any, *, name: str, template: Mapping[str, Any]) -> bool:
    """Creates the stack or brings it up to date; False where it already is. Raises DeployFailed."""
    body = json.dumps(template, sort_keys=True)
    content = hashlib.sha256(body.encode()).hexdigest()
    deployed = _deployed(cloudformation, name)
    if deployed == content:
        return False
    key = f"templates/{name}.json"
    s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())
    verb = "create" if deployed is None else "update"
    operation = cloudformation.create_stack if deployed is None else cloudformation.update_stack
    operation(
        StackName=name,
        TemplateURL=f"{s3.meta.endpoint_url}/{BUCKET}/{key}",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": _TAG, "Value": content}],
    )
    try:
        cloudformation.get_waiter(f"stack_{verb}_complete").wait(StackName=name, WaiterConfig=_DELAY)
    except WaiterError as error:
        raise DeployFailed(f"{verb} of {name}: {'; '.join(_reasons(cloudformation, name))}") from error
    return True


def _deployed(cloudformation: Any, name: str) -> str | None:
    """The hash of what is deployed under the name; None where nothing is."""
    try:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    if stack["StackStatus"].endswith(("ROLLBACK_COMPLETE", "FAILED")) or stack["StackStatus"] == "DELETE_COMPLETE":
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=_DELAY)
        return None
    return next((str(tag["Value"]) for tag in stack["Tags"] if tag["Key"] == _TAG), "")


def _reasons(cloudformation: Any, name: str) -> list[str]:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("FAILED")
    ]
