"""The rights that an AWS call asks of its caller's role, from its parameters."""

from collections.abc import Iterator, Mapping
from typing import Any

type Right = tuple[str, str]
"""An action and the end of its resource's name, empty where the service has one resource of ours at most."""

_TRANSACTED = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_NAMED_BY = {"sqs": "QueueUrl", "sns": "TopicArn"}


def rights(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[Right]:
    """As AWS asks for them: for each write of a transaction, one right for single and batched messages alike."""
    match service, operation:
        case "dynamodb", "TransactWriteItems":
            for item in parameters["TransactItems"]:
                ((kind, write),) = item.items()
                yield f"dynamodb:{_TRANSACTED[kind]}", write["TableName"]
        case "dynamodb", _:
            tables = [parameters["TableName"]] if "TableName" in parameters else [*parameters["RequestItems"]]
            index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
            for table in tables:
                yield f"dynamodb:{operation}", f"{table}{index}"
        case "events", "PutEvents":
            for entry in parameters["Entries"]:
                yield "events:PutEvents", entry["EventBusName"]
        case "ssm", _:
            yield f"ssm:{operation}", f"parameter{parameters['Name']}"
        case "sesv2", "SendEmail":
            yield "ses:SendRawEmail" if "Raw" in parameters["Content"] else "ses:SendEmail", ""
        case _:
            named = str(parameters.get(_NAMED_BY.get(service, ""), ""))
            yield f"{service}:{operation.removesuffix('Batch')}", named.replace("/", ":").rpartition(":")[2]
