"""What a run comes to, in words and figures."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tests.simulation.run import Report

INVARIANTS = {
    "I1": "no accepted webhook is lost",
    "I2": "an effect is applied once",
    "I3": "the highest version wins",
    "I4": "tier history has no gaps",
    "I5": "each change has one row, and is published",
    "I6": "a notice is mailed once",
    "I7": "each alert's notices end, with a reason",
    "I8": "poison delays its own account only",
    "I9": "without faults all settles within 15 minutes",
    "I10": "nothing comes of what is not signed",
    "I11": "the tier follows from values, policy and time",
    "I12": "what a sync does not name stays as it is",
}


def told(report: Report) -> RenderableType:
    return Group(_figures(report), _faults(report), _invariants(report), Text(_verdict(report)))


def _figures(report: Report) -> RenderableType:
    deployment, senders = report.deployment, report.senders
    table = Table(show_header=False, box=None)
    for name, value in (
        ("deliveries", f"{senders.made:,} in {senders.attempts:,} attempts, {senders.taken:,} accepted"),
        ("accounts", f"{len(deployment.accounts.accounts):,} in {deployment.accounts.versions:,} versions"),
        ("tier changes", f"{sum(map(len, deployment.accounts.rows.values())):,}"),
        ("mails", f"{len(deployment.mail.mails):,} for {len(deployment.alerts.alerts):,} alerts"),
        ("dead letters", f"{sum(len(queue.died) for queue in deployment.queues.values()):,}, redriven"),
        ("settled", f"{report.settled:,.0f} s after the last fault; the last wave in {report.answered:,.0f} s"),
        ("took", f"{report.seconds:,.1f} s, {report.cpu_seconds:,.1f} s of one core"),
        ("trace", report.trace),
    ):
        table.add_row(name, value)
    return table


def _faults(report: Report) -> RenderableType:
    table = Table("fault", "times", box=None)
    for kind, times in report.faults.items():
        table.add_row(kind, f"{times:,}")
    return table


def _invariants(report: Report) -> RenderableType:
    table = Table("", "invariant", "breaches", box=None)
    for name, words in INVARIANTS.items():
        table.add_row(name, words, f"{report.findings.counts[name]:,}")
        for what in report.findings.told.get(name, ()):
            table.add_row("", Text(f"  {what}", style="red"), "")
    return table


def _verdict(report: Report) -> str:
    again = f"make simulate SEED={report.seed} DELIVERIES={report.deliveries}"
    return "all invariants hold" if report.held else f"broken; it happens again with: {again}"
