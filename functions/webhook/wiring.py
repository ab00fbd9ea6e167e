"""Puts the webhook function together: the vendors' webhook modules, Parameter Store and the hints queue."""

import os

from functions.webhook.service import Receiver
from functions.webhook.settings import Settings
from shared.accounts.identity import SourceName
from shared.aws.lean import Caller, LeanQueue, LeanSecrets
from shared.connectors.generic import webhook as generic
from shared.connectors.recurly import webhook as recurly
from shared.runtime.clock import system_now


def wire(settings: Settings) -> Receiver:
    """With the credentials and the region that Lambda puts into the environment."""
    caller = Caller(os.environ, system_now)
    return Receiver(
        webhooks={SourceName("generic"): generic, SourceName("recurly"): recurly},
        secrets=LeanSecrets(settings.secrets_prefix, caller, system_now),
        queue=LeanQueue(settings.hints_queue_url, caller),
    )
