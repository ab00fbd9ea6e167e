"""What is deployed on the emulator, found by asking it: nothing but this product lives there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local.emulator import Clients


@dataclass(frozen=True, slots=True)
class Emulated:
    functions: Mapping[str, str]
    """A function's name by its folder's: `ingest`."""
    queues: Sequence[str]
    """Addresses."""
    user_pool: str
    user_pool_client: str
    secrets_prefix: str


def find(clients: Clients) -> Emulated:
    functions = clients("lambda").get_paginator("list_functions").paginate().build_full_result()["Functions"]
    by_folder = {function["Handler"].split(".")[1]: function for function in functions}
    pool = clients("cognito-idp").list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    client = clients("cognito-idp").list_user_pool_clients(UserPoolId=pool, MaxResults=1)["UserPoolClients"][0]
    return Emulated(
        functions={folder: function["FunctionName"] for folder, function in by_folder.items()},
        queues=clients("sqs").list_queues().get("QueueUrls", []),
        user_pool=pool,
        user_pool_client=client["ClientId"],
        secrets_prefix=by_folder["webhook"]["Environment"]["Variables"]["SECRETS_PREFIX"],
    )
