"""`python -m local.sandboxes.recurly`: serves the demo site until SIGTERM; prints its address as one JSON line.

The API key and the webhook secret come from RECURLY_SANDBOX_API_KEY and RECURLY_SANDBOX_WEBHOOK_SECRET.
"""

import argparse
import json
import os
import signal
from pathlib import Path

from local.sandboxes.recurly.demo import ACCOUNTS, demo_site
from local.sandboxes.recurly.server import API_KEY, WEBHOOK_SECRET, Options, running, system_clock
from local.sandboxes.recurly.site import Site


def main() -> None:
    arguments = _parser().parse_args()
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)  # before any thread begins, so that only sigwait takes them
    options = Options(
        port=arguments.port,
        api_key=os.environ.get("RECURLY_SANDBOX_API_KEY", API_KEY),
        webhook_secret=os.environ.get("RECURLY_SANDBOX_WEBHOOK_SECRET", WEBHOOK_SECRET),
        webhook_url=arguments.webhook_url,
    )
    with running(_site(arguments), options) as sandbox:
        print(json.dumps({"url": sandbox.url}), flush=True)
        signal.sigwait(stop)


def _site(arguments: argparse.Namespace) -> Site:
    def fresh() -> dict[str, dict[str, dict[str, object]]]:
        return demo_site(system_clock(), accounts=arguments.accounts, seed=arguments.seed)

    if arguments.state is None:
        return Site(fresh(), clock=system_clock)
    return Site.kept(arguments.state, clock=system_clock, otherwise=fresh)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.sandboxes.recurly", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--state", type=Path, help="the file that keeps the site between runs")
    parser.add_argument("--webhook-url", help="where changes are announced by signed webhooks")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, help="of the demo site, where no state is kept yet")
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    main()
