"""The commands behind `make up`, `down`, `reset`, `token`, `send` and `doctor`."""

import argparse
import re
import signal
import sys
from decimal import Decimal
from pathlib import Path

from local import commands
from local.failures import EXPECTED
from local.home import Home

_INTERRUPTED = 130


def main() -> int:
    arguments = _parser().parse_args()
    # `make down` ends a supervisor as Ctrl-C does, whatever its shell does with signals: on the way out all is undone.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        status: int = arguments.run(Home(arguments.home), arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except EXPECTED as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="The local stack.")
    parser.add_argument("--home", type=Path, default=Path(".local"), help="its folder (.local)")
    added = parser.add_subparsers(required=True, metavar="COMMAND")
    up = added.add_parser("up", help="start it and leave it running")
    up.add_argument("--detach", action="store_true", help="return when it is ready")
    up.add_argument("--auth", action="store_true", help="enforce each function's role, as AWS does")
    up.set_defaults(run=commands.up)
    added.add_parser("down", help="stop it; its state stays").set_defaults(run=commands.down)
    added.add_parser("reset", help="stop it and forget its state").set_defaults(run=commands.reset)
    token = added.add_parser("token", help="print an access token and nothing else")
    token.add_argument("role", help="admin, manager, csm or viewer")
    token.set_defaults(run=commands.token)
    send = added.add_parser("send", help="change an account at the Recurly sandbox and show what happened")
    send.add_argument("account", help="its code: acme")
    send.add_argument("mrr", type=_amount, help="1400, or 1400.50")
    send.add_argument("--times", type=int, default=1, help="deliver the same webhook so often")
    send.set_defaults(run=commands.send)
    doctor = added.add_parser("doctor", help="examine a deployment and say what to do")
    doctor.add_argument("stage", help="of infra/stages.toml: local, prod")
    doctor.set_defaults(run=commands.doctor)
    return parser


def _amount(text: str) -> Decimal:
    if not re.fullmatch(r"\d{1,12}(\.\d{1,2})?", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount: write 1400 or 1400.50")
    return Decimal(text)


if __name__ == "__main__":
    sys.exit(main())
