"""What each deployed function's role grants, beside what its calls asked for."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from infra.stages import stage
from local import assembly
from tests.infra.assembled import Assembled, Resource, Right

_STREAM = ("DescribeStream", "GetRecords", "GetShardIterator")
_QUEUE = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes")
_LOGS = ("CreateLogStream", "PutLogEvents")
_PUT_ASIDE = ("SendMessage", "GetQueueAttributes", "GetQueueUrl")
"""What Lambda does to a dead-letter queue."""
_EMULATOR_ONLY = "sqs:SendMessageBatch"
"""AWS has no such right: it asks for SendMessage."""


class Grants:
    """Resources are named by the end of their ARN: `tierwright-local-accounts`, `parameter/tierwright/local/why`."""

    def __init__(self) -> None:
        self._deployed = Assembled.read(assembly.current(), stage("local"))

    def of_functions(self) -> Mapping[str, frozenset[Right]]:
        """By function, what its own calls may ask for: without what Lambda asks of its role to wake it and log."""
        functions = self._deployed.functions()
        return {name: frozenset(self._own(name, function)) for name, function in functions.items()}

    def _own(self, name: str, function: Resource) -> Iterator[Right]:
        lambdas = {*self._lambdas(function)}
        for action, resource in self._deployed.rights_of(name):
            right = (action, resource.rpartition(":")[2])
            if right not in lambdas and action != _EMULATOR_ONLY:
                yield right

    def _lambdas(self, function: Resource) -> Iterator[Right]:
        yield from _each("logs", _LOGS, f"/aws/lambda/{function.name}")
        for queue in self._deployed.named("AWS::SQS::Queue").values():
            if queue.name.endswith("-dead"):
                yield from _each("sqs", _PUT_ASIDE, queue.name)
        for mapping in self._deployed.resources("AWS::Lambda::EventSourceMapping"):
            if self._deployed.target(mapping.properties["FunctionName"]).id != function.id:
                continue
            source = self._deployed.target(mapping.properties["EventSourceArn"])
            if source.type == "AWS::SQS::Queue":
                yield from _each("sqs", _QUEUE, source.name)
            else:
                yield from _each("dynamodb", _STREAM, source.name)
                yield "dynamodb:ListStreams", "*"


def unmet(these: Iterable[Right], by: Iterable[Right]) -> frozenset[Right]:
    """Those of `these` that none of `by` is or covers, whichever of the two has the star."""
    others = list(by)
    return frozenset(right for right in these if not any(_meet(right, other) for other in others))


def _meet(one: Right, other: Right) -> bool:
    """An empty resource is the only one of its service."""
    if one[0] != other[0]:
        return False
    return not one[1] or not other[1] or fnmatchcase(one[1], other[1]) or fnmatchcase(other[1], one[1])


def _each(service: str, actions: Iterable[str], resource: str) -> Iterator[Right]:
    return ((f"{service}:{action}", resource) for action in actions)
