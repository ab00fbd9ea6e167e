"""The interactive page of the contract: Swagger UI from the dependency layer, whole in one reply: it works offline."""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler.openapi import swagger_ui

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def page(document: dict[str, Any]) -> str:
    spec = json.dumps(document).replace("</", "<\\/")
    return swagger_ui.generate_swagger_html(
        spec=spec,
        swagger_js=_file("swagger-ui-bundle.min.js"),
        swagger_css=_file("swagger-ui.min.css"),
        swagger_base_url="",
        oauth2_config=None,
    )


def content_security_policy(html: str) -> str:
    """Only the page's own scripts run, and they call nobody but us: no validator on the web, no images of others."""
    digests = [hashlib.sha256(script.encode()).digest() for script in _SCRIPT.findall(html)]
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _file(name: str) -> str:
    return (Path(swagger_ui.__file__).parent / name).read_text(encoding="utf-8")
