"""Who owns which account: the demo's owners file, as a CRM would send it of the customers that Recurly bills."""

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

FILE = Path(__file__).parent / "owners.csv"


def delivery(*, at: datetime) -> Mapping[str, object]:
    """A delivery of the generic source with a record a line: the CRM's own id, linked to the codes at Recurly."""
    with FILE.open(newline="", encoding="utf-8") as lines:
        records = [
            {
                "external_id": line["crm_id"],
                "external_ids": {"recurly": line["recurly_codes"].split()},
                "version": 1,
                "fields": {"owner": line["csm"]},
            }
            for line in csv.DictReader(lines)
        ]
    return {"type": "account.updated", "timestamp": at.isoformat(), "data": records}
