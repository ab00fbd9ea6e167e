"""What each command does; exit statuses out."""

import os
import shutil
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress

from infra.stages import stage
from local import detached, lock, stackfile
from local.api import Api
from local.card import print_card
from local.change import Watcher
from local.console import console, step
from local.demo.story import set_up
from local.doctor import examine
from local.emulator import environment
from local.home import Home
from local.outcome import post, sentence
from local.process import Child, ChildFailed
from local.stack import Options, announced, running
from local.users import login

_STOP_SECONDS = 60.0
_WATCH_SECONDS = 0.5


def up(home: Home, arguments: Namespace) -> int:
    """Runs until it is interrupted; `--detach` returns when everything is ready."""
    if lock.is_running(home):
        console.print(f"A local stack runs already: {stackfile.read(home).api_url}. `make down` stops it.")
        return 0
    if arguments.detach:
        return detached.up(home, arguments)
    with running(home, Options(enforce_iam=arguments.auth)) as stack:
        print_card(stack.stack, set_up(stack))
        with announced(home, stack.stack), suppress(KeyboardInterrupt):
            _watch(stack.children)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # impatience would only leave the stopping to the children
        console.print("\nStopping; the state stays.")
    return 0


def down(home: Home, _: Namespace) -> int:
    with step("Stop the local stack"):
        stopped = lock.stop(home, seconds=_STOP_SECONDS)
    if not stopped:
        console.print("No local stack was running.")
    return 0


def reset(home: Home, arguments: Namespace) -> int:
    """Forgets everything but the logs' folder's name: accounts, users, mails, addresses, secrets."""
    if lock.is_running(home):
        down(home, arguments)
    shutil.rmtree(home.folder, ignore_errors=True)
    console.print(f"{home.folder} is removed: `make up` begins anew.")
    return 0


def token(home: Home, arguments: Namespace) -> int:
    """Prints an access token and nothing else."""
    sys.stdout.write(f"{login(stackfile.read(home), arguments.role)}\n")
    return 0


def send(home: Home, arguments: Namespace) -> int:
    """Changes an account at the sandbox and shows what came of it."""
    stack = stackfile.read(home)
    watcher = Watcher(stack, Api(stack.api_url, login(stack, "admin")))
    outcome = watcher.change(arguments.account, arguments.mrr, times=arguments.times)
    if arguments.times > 1:
        console.print(f"{arguments.times} deliveries of one webhook.")
    console.print(sentence(outcome), soft_wrap=True, markup=False)
    console.print(post(outcome), soft_wrap=True, markup=False)
    return 0


def doctor(home: Home, arguments: Namespace) -> int:
    """Of the deployment that the credentials at hand reach; of this machine's for a stage that is emulated."""
    chosen = stage(arguments.stage)
    if chosen.emulated:
        os.environ.update(environment(stackfile.read(home).endpoint))
    return examine(chosen)


def _watch(children: Sequence[Child]) -> None:
    """Returns never: an interruption or the end of a child ends it."""
    while True:
        for child in children:
            if child.process.poll() is not None:
                raise ChildFailed(f"{child.name} ended with status {child.process.returncode}: see {child.log}")
        time.sleep(_WATCH_SECONDS)
