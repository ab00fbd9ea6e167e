"""Mail by SES: who sends, over TLS only, and what became of each mail as a message on the notify queue."""

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.acknowledged import acknowledge, wildcard
from infra.constructs.function import HouseFunction
from infra.constructs.queue import WorkQueue
from infra.stages import Stage

OUTCOMES = {
    ses.EmailSendingEvent.SEND: "Email Sent",
    ses.EmailSendingEvent.BOUNCE: "Email Bounced",
    ses.EmailSendingEvent.COMPLAINT: "Email Complaint Received",
}
"""What SES tells of a mail, and how EventBridge names it."""


class Mail(Construct):
    def __init__(self, scope: Construct, *, stage: Stage, events: WorkQueue) -> None:
        super().__init__(scope, "Mail")
        self._stage = stage
        self.configuration_set = stage.prefix
        mails = ses.ConfigurationSet(
            self,
            "ConfigurationSet",
            configuration_set_name=self.configuration_set,
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
            reputation_metrics=True,
        )
        identity = ses.Identity.domain(stage.mail_domain) if stage.mail_domain else ses.Identity.email(stage.sender)
        self.identity = ses.EmailIdentity(self, "Identity", identity=identity, configuration_set=mails)
        self._tell(mails, events)

    def _tell(self, mails: ses.ConfigurationSet, queue: WorkQueue) -> None:
        """SES publishes to the account's default bus and no other."""
        bus = events.EventBus.from_event_bus_name(self, "DefaultBus", "default")
        mails.add_event_destination("Outcomes", destination=ses.EventDestination.event_bus(bus), events=list(OUTCOMES))
        events.Rule(
            self,
            "Outcomes",
            rule_name=f"{self.configuration_set}-mail-outcomes",
            event_pattern=events.EventPattern(
                source=["aws.ses"],
                detail_type=list(OUTCOMES.values()),
                detail={"mail": {"tags": {"ses:configuration-set": [self.configuration_set]}}},
            ),
            targets=[targets.SqsQueue(queue.main, dead_letter_queue=queue.dead.queue)],
        )

    def grant_send(self, function: HouseFunction) -> None:
        """In SES's sandbox, where every account begins, the recipient's identity must be allowed too: the right is on
        all identities, and bound to the sender's address.
        """
        stack = Stack.of(self)
        identities, mails = (
            stack.format_arn(service="ses", resource=resource, resource_name=name)
            for resource, name in (("identity", "*"), ("configuration-set", self.configuration_set))
        )
        send = iam.PolicyStatement(
            actions=["ses:SendEmail", "ses:SendRawEmail"],
            # The emulator does not see which identity a mail names.
            resources=["*"] if self._stage.emulated else [identities, mails],
        )
        if not self._stage.emulated:
            send.add_condition("StringEquals", {"ses:FromAddress": self._stage.sender})
        function.role.add_to_policy(send)
        reason = "the sandbox asks for the recipient's identity too; the sender's address is bound"
        acknowledge(function.role, {wildcard(stack, "ses", "identity/*"): reason})
