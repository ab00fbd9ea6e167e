"""`make simulate SEED=7 DELIVERIES=200000`: a run with a progress bar, its report, and an exit status that tells."""

import argparse
import gc
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.simulation.report import told
from tests.simulation.run import Scenario, patient_collector, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--deliveries", type=int, default=200_000)
    asked = parser.parse_args()
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with patient_collector():
        with Progress(*columns, console=console, refresh_per_second=1) as bar:
            task = bar.add_task("deliveries", total=asked.deliveries)
            report = run(
                Scenario(asked.seed, asked.deliveries),
                lambda made, when: bar.update(task, completed=made, description=f"deliveries, {when}"),
            )
        console.print(told(report))
        gc.freeze()  # what is left goes with the process: to look through it for cycles takes seconds
    return 0 if report.held else 1


if __name__ == "__main__":
    sys.exit(main())
