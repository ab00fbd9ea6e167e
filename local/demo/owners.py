"""Who owns which account: what a CRM would send of the customers that the Recurly sandbox bills."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from local.users import CSMS, Person


def deliveries(codes: Sequence[str], *, at: datetime, csms: Sequence[Person] = CSMS) -> Sequence[Mapping[str, object]]:
    """One delivery of the generic source with a record an account: the CRM's own id, linked to Recurly's code. The same
    codes give the same ids and owners.
    """
    records = [
        {
            "external_id": f"crm-{number:04}",
            "external_ids": {"recurly": code},
            "version": 1,
            "fields": {"owner": csms[number % len(csms)].email},
        }
        for number, code in enumerate(sorted(codes), start=1)
    ]
    return [{"type": "account.updated", "timestamp": at.isoformat(), "data": records}]
