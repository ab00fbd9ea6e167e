"""Before a stage is deployed: draws the key that signs why links, which CloudFormation can't keep as a secret."""

import secrets
import sys
from typing import TYPE_CHECKING

import boto3

from infra.stages import BadStage, Stage, stage

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

BYTES = 32


def ensure(chosen: Stage, ssm: "SSMClient", drawn: str) -> bool:
    """Keeps `drawn` unless there is a key already, which links in mails depend on; says whether it did."""
    try:
        ssm.put_parameter(
            Name=f"{chosen.secrets_prefix}/why",
            Description="Signs the links to why pages; a JSON array of texts, the newest first, rotates it",
            Value=drawn,
            Type="SecureString",
            Overwrite=False,
        )
    except ssm.exceptions.ParameterAlreadyExists:
        return False
    return True


def main() -> None:
    """`python -m infra.why_key STAGE`, with the credentials and region of the environment."""
    try:
        chosen = stage(sys.argv[1])
    except BadStage as error:
        sys.exit(str(error))
    client = boto3.client("ssm", region_name=chosen.region or None)
    drew = ensure(chosen, client, secrets.token_urlsafe(BYTES))
    sys.stdout.write(f"{chosen.secrets_prefix}/why: {'drawn' if drew else 'kept'}\n")


if __name__ == "__main__":
    main()
