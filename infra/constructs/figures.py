"""The figures of the flow that alarms and the dashboard read, named once."""

from infra.constructs.alarms import Watched


def waiting(queue: str) -> Watched:
    return Watched("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue}, "Maximum")


def oldest(queue: str) -> Watched:
    """In seconds."""
    return Watched("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": queue}, "Maximum")


def invocations(function: str) -> Watched:
    return Watched("AWS/Lambda", "Invocations", {"FunctionName": function})


def errors(function: str) -> Watched:
    return Watched("AWS/Lambda", "Errors", {"FunctionName": function})


def throttles(function: str) -> Watched:
    return Watched("AWS/Lambda", "Throttles", {"FunctionName": function})


def duration(function: str) -> Watched:
    """In milliseconds."""
    return Watched("AWS/Lambda", "Duration", {"FunctionName": function}, "p95")


def behind(function: str) -> Watched:
    """How old the stream's last record was when it was read, in milliseconds."""
    return Watched("AWS/Lambda", "IteratorAge", {"FunctionName": function}, "Maximum")


def requests(api_id: str) -> Watched:
    return Watched("AWS/ApiGateway", "Count", {"ApiId": api_id})


def failed_requests(api_id: str) -> Watched:
    return Watched("AWS/ApiGateway", "5xx", {"ApiId": api_id})


def latency(api_id: str) -> Watched:
    """In milliseconds."""
    return Watched("AWS/ApiGateway", "Latency", {"ApiId": api_id}, "p95")


def mails(configuration_set: str, outcome: str) -> Watched:
    """`outcome`: `BounceRate`, `ComplaintRate`; from 0 to 1."""
    dimension = {"ses:configuration-set": configuration_set}
    return Watched("AWS/SES", f"Reputation.{outcome}", dimension, "Maximum", minutes=60)
