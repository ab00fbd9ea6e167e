"""The stand-in's own surface under /_sandbox: change the site as people and time would, send webhooks, add faults."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from local.sandboxes.recurly import views
from local.sandboxes.recurly.deliveries import NotLocal, deliver, thin
from local.sandboxes.recurly.faults import Fault, Faults, Kind
from local.sandboxes.recurly.site import NotThere, Object, Site
from local.sandboxes.recurly.vendor import Vendor

ROUTES = Map(
    [
        Rule("/_sandbox/health", endpoint="health", methods=["GET"]),
        Rule("/_sandbox/requests", endpoint="requests", methods=["GET"]),
        Rule("/_sandbox/faults", endpoint="add_faults", methods=["POST"]),
        Rule("/_sandbox/faults", endpoint="clear_faults", methods=["DELETE"]),
        Rule("/_sandbox/next", endpoint="next_form", methods=["PUT"]),
        Rule("/_sandbox/webhooks", endpoint="webhooks", methods=["POST"]),
        Rule("/_sandbox/accounts/<reference>", endpoint="change_account", methods=["PATCH"]),
        Rule("/_sandbox/accounts/<reference>/subscription", endpoint="change_first", methods=["PATCH"]),
        Rule("/_sandbox/subscriptions/<reference>", endpoint="change_subscription", methods=["PATCH"]),
        Rule("/_sandbox/subscriptions/<reference>", endpoint="delete_subscription", methods=["DELETE"]),
        Rule("/_sandbox/invoices/<reference>", endpoint="change_invoice", methods=["PATCH"]),
    ]
)


class Control:
    """Changes are announced by webhook where an endpoint is configured, as Recurly would; `?notify=false` is silent."""

    def __init__(
        self, site: Site, vendor: Vendor, faults: Faults, *, webhook_url: str | None, webhook_secret: str
    ) -> None:
        self.requests: Counter[str] = Counter()
        self._site, self._vendor, self._faults = site, vendor, faults
        self._url, self._secret = webhook_url, webhook_secret
        self._endpoints: Mapping[str, Callable[..., Any]] = {
            rule.endpoint: getattr(self, f"_{rule.endpoint}") for rule in ROUTES.iter_rules()
        }

    def answer(self, request: Request) -> Response:
        """Raises werkzeug's HTTP exceptions."""
        endpoint, arguments = ROUTES.bind_to_environ(request.environ).match()
        try:
            answer = self._endpoints[endpoint](request, **arguments)
        except NotThere as missing:
            raise NotFound(f"the site has no {missing}") from missing
        except (KeyError, ValueError, TypeError) as wrong:
            raise BadRequest(f"{type(wrong).__name__}: {wrong}") from wrong
        return Response(json.dumps(answer), content_type="application/json")

    def _health(self, _: Request) -> Object:
        return {kind: len(self._site.all(kind)) for kind in ("accounts", "subscriptions", "plans")}

    def _requests(self, _: Request) -> Object:
        return dict(self.requests)

    def _add_faults(self, request: Request) -> Object:
        body = _body(request)
        times = int(body.pop("times", 1))
        self._faults.add(Fault(Kind(body.pop("kind")), **body), times)
        return {"added": times}

    def _clear_faults(self, _: Request) -> Object:
        self._faults.clear()
        return {}

    def _next_form(self, request: Request) -> Object:
        self._vendor.whole_urls = {"url": True, "path": False}[_body(request)["form"]]
        return {}

    def _webhooks(self, request: Request) -> Object:
        """`object_type` and `id` (or `code-acme`), `event_type`, and optionally `url`, `times`."""
        body = _body(request)
        kind = body.get("object_type", "subscription")
        found = self._site.find("invoices" if kind.endswith("_invoice") else f"{kind}s", body["id"])
        return self._sent(kind, found, body.get("event_type", "updated"), body.get("url"), int(body.get("times", 1)))

    def _change_account(self, request: Request, reference: str) -> Object:
        found = self._site.change("accounts", reference, _body(request))
        return {"account": views.account(self._site, found), **self._announced(request, "account", found)}

    def _change_first(self, request: Request, reference: str) -> Object:
        """Changes the oldest subscription of an account."""
        owner = self._site.find("accounts", reference)
        own = [one for one in self._site.all("subscriptions") if one["account_id"] == owner["id"]]
        if not own:
            raise NotThere(f"subscription of {reference}")
        return self._change_subscription(request, min(own, key=lambda one: one["created_at"])["id"])

    def _change_subscription(self, request: Request, reference: str) -> Object:
        body = _body(request)
        if "unit_amount" in body:
            body["unit_amount"] = float(body["unit_amount"])
        found = self._site.change("subscriptions", reference, body)
        shown = views.subscription(self._site, found)
        return {"subscription": shown, **self._announced(request, "subscription", found)}

    def _delete_subscription(self, _: Request, reference: str) -> Object:
        self._site.delete("subscriptions", reference)
        return {}

    def _change_invoice(self, request: Request, reference: str) -> Object:
        """An invoice falls due or is paid; its account's `updated_at` does not move."""
        found = self._site.change("invoices", reference, _body(request))
        owner = self._site.find("accounts", found["account_id"])
        unpaid = [one for one in self._site.all("invoices") if one["account_id"] == owner["id"]]
        owner["has_past_due_invoice"] = any(one["state"] == "past_due" for one in unpaid)
        self._site.put("accounts", owner)
        event = self._announced(request, "charge_invoice", found, found["state"])
        return {"invoice": views.invoice(self._site, found), **event}

    def _announced(self, request: Request, kind: str, found: Object, event_type: str = "updated") -> Object:
        if self._url is None or request.args.get("notify") == "false":
            return {"deliveries": []}
        return self._sent(kind, found, event_type, None, 1)

    def _sent(self, kind: str, found: Object, event_type: str, url: str | None, times: int) -> Object:
        target = url or self._url
        if target is None:
            raise NotLocal("no webhook endpoint is configured: name a url")
        body = thin(kind, found, event_type, self._site.clock())
        return {"deliveries": deliver(target, body, secret=self._secret, clock=self._site.clock, times=times)}


def _body(request: Request) -> Object:
    body = json.loads(request.get_data() or b"{}")
    if not isinstance(body, dict):
        raise TypeError("write a JSON object")
    return body
