"""Mail leaves encrypted, and what became of it comes back."""

from tests.infra.assembled import Assembled


def test_mail_goes_over_tls_only_and_its_reputation_is_measured(prod: Assembled) -> None:
    (mails,) = (each.properties for each in prod.resources("AWS::SES::ConfigurationSet"))
    assert mails["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"
    assert mails["ReputationOptions"] == {"ReputationMetricsEnabled": True}


def test_the_sender_is_verified_by_the_template(prod: Assembled) -> None:
    (identity,) = (each.properties for each in prod.resources("AWS::SES::EmailIdentity"))
    assert identity["EmailIdentity"] == prod.stage.sender


def test_ses_tells_of_sent_bounced_and_complained_mails(prod: Assembled) -> None:
    (destination,) = (each.properties for each in prod.resources("AWS::SES::ConfigurationSetEventDestination"))
    told = destination["EventDestination"]
    assert sorted(told["MatchingEventTypes"]) == ["bounce", "complaint", "send"]
    assert prod.text(told["EventBridgeDestination"]["EventBusArn"]).endswith(":event-bus/default")


def test_what_ses_tells_of_our_mails_reaches_the_notify_queue(prod: Assembled) -> None:
    rule = prod.named("AWS::Events::Rule")["mail-outcomes"].properties
    (target,) = rule["Targets"]
    assert rule["EventPattern"] == {
        "source": ["aws.ses"],
        "detail-type": ["Email Sent", "Email Bounced", "Email Complaint Received"],
        "detail": {"mail": {"tags": {"ses:configuration-set": ["tierwright-prod"]}}},
    }
    assert prod.text(target["Arn"]) == "tierwright-prod-notify"
    assert prod.text(target["DeadLetterConfig"]["Arn"]) == "tierwright-prod-notify-dead"


def test_the_topic_refuses_plain_connections(prod: Assembled) -> None:
    denied = [
        statement
        for policy in prod.resources("AWS::SNS::TopicPolicy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]
    assert len(denied) == len([*prod.resources("AWS::SNS::Topic")]) == 2
    assert all(each["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} for each in denied)
