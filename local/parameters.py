"""The secrets that the functions read: SSM SecureString parameters, drawn once for a home."""

import base64
from collections.abc import Mapping

from local.emulator import Clients

DRAWN = ("webhook/generic", "webhook/recurly", "api/recurly", "why")


def in_use(drawn: Mapping[str, str]) -> dict[str, str]:
    """The drawn hex texts in the form that each sender uses."""
    key = base64.b64encode(bytes.fromhex(drawn["webhook/generic"])).decode()
    return {**drawn, "webhook/generic": f"whsec_{key}"}


def write(clients: Clients, prefix: str, secrets: Mapping[str, str]) -> None:
    """Leaves those alone that exist: a person may have rotated one."""
    ssm = clients("ssm")
    names = {f"{prefix}/{name}": value for name, value in secrets.items()}
    known = {found["Name"] for found in ssm.get_parameters(Names=list(names), WithDecryption=False)["Parameters"]}
    for name, value in names.items():
        if name not in known:
            ssm.put_parameter(Name=name, Value=value, Type="SecureString")
