"""Runs a module as the supervisor's child, and stops it when the supervisor is gone, however it went.

Started by path with another environment's interpreter too, so it imports the standard library alone. The leash is the
standard input: its end means that the supervisor closed it or died.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE_SECONDS = 20.0
"""How long the module may take to save its state."""


def hold() -> None:
    # Signals are the module's own threads' business.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    sys.argv = sys.argv[1:]
    threading.Thread(target=hold, name="leash", daemon=True).start()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
