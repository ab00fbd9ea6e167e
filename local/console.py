"""What `make up` says while it works: each step by name, with the time it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False)

_WORTH_SAYING_SECONDS = 0.05


@contextmanager
def step(name: str) -> Iterator[None]:
    """Shows `name` while the body runs, and what it took after it; on failure says where it failed."""
    began = time.monotonic()
    try:
        with console.status(f"{name} …"):
            yield
    except BaseException:
        console.print(f"[red]✗[/red] {name}  [dim]{_seconds(began)}[/dim]")
        raise
    console.print(f"[green]✓[/green] {name}  [dim]{_seconds(began)}[/dim]")


def _seconds(began: float) -> str:
    took = time.monotonic() - began
    return f"{took:.1f} s" if took >= _WORTH_SAYING_SECONDS else ""
