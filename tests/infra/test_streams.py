"""Each step hears the changes that are its part, and a failing record is put aside with its content."""

import json

import pytest

from tests.infra.assembled import Assembled, Json

HEARD = {
    ("accounts", "tier_trigger"): {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"NewImage": {"cause": {"S": ["data"]}}},
    },
    ("accounts", "alerts"): {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": {"cause": {"S": ["tier"]}}}},
    ("history", "announce"): {"eventName": ["INSERT"]},
    ("alerts", "notify"): {
        "eventName": ["INSERT"],
        "dynamodb": {"NewImage": {"kind": {"S": ["notice"]}, "state": {"S": ["pending"]}}},
    },
}


def _mappings(assembled: Assembled) -> dict[tuple[str, str], Json]:
    return {
        (
            assembled.text(mapping["EventSourceArn"]).removeprefix(f"{assembled.stage.prefix}-"),
            assembled.target(mapping["FunctionName"]).name.removeprefix(f"{assembled.stage.prefix}-").replace("-", "_"),
        ): mapping
        for mapping in (each.properties for each in assembled.resources("AWS::Lambda::EventSourceMapping"))
        if "StartingPosition" in mapping
    }


def test_each_step_hears_its_changes_and_no_others(prod: Assembled) -> None:
    heard = {
        ends: [json.loads(each["Pattern"]) for each in mapping["FilterCriteria"]["Filters"]]
        for ends, mapping in _mappings(prod).items()
    }
    assert heard == {ends: [pattern] for ends, pattern in HEARD.items()}


@pytest.mark.parametrize("ends", HEARD, ids="-".join)
def test_a_failing_batch_is_halved_until_it_is_six_hours_old(prod: Assembled, ends: tuple[str, str]) -> None:
    mapping = _mappings(prod)[ends]
    assert mapping["BisectBatchOnFunctionError"]
    assert mapping["MaximumRecordAgeInSeconds"] == 6 * 3600
    assert "MaximumRetryAttempts" not in mapping
    assert mapping["StartingPosition"] == "TRIM_HORIZON"


@pytest.mark.parametrize("ends", HEARD, ids="-".join)
def test_what_is_too_old_goes_to_a_bucket_with_its_content(prod: Assembled, ends: tuple[str, str]) -> None:
    destination = _mappings(prod)[ends]["DestinationConfig"]["OnFailure"]["Destination"]
    bucket = prod.target(destination)
    assert bucket.type == "AWS::S3::Bucket"
    assert ("s3:PutObject", f"{bucket.name}/*") in prod.rights_of(ends[1])


@pytest.mark.parametrize("ends", HEARD, ids="-".join)
def test_the_emulator_puts_it_on_a_queue_after_a_minute(local: Assembled, ends: tuple[str, str]) -> None:
    mapping = _mappings(local)[ends]
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert local.text(destination) == "tierwright-local-streams-dead"
    assert ("sqs:SendMessage", "tierwright-local-streams-dead") in local.rights_of(ends[1])
    assert mapping["MaximumRecordAgeInSeconds"] == 60
