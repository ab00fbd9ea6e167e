import base64
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from local.webhooks import signed_headers


@given(st.binary(min_size=24, max_size=64), st.text(max_size=50))
def test_signs_as_the_standard_says(key: bytes, text: str) -> None:
    secret = f"whsec_{base64.b64encode(key).decode()}"
    body = f'{{"text": "{base64.b64encode(text.encode()).decode()}"}}'
    headers = signed_headers(secret, body.encode(), delivery_id="msg_1", at=datetime.now(UTC))
    Webhook(secret).verify(body, headers)
