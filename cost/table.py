"""What `make cost` prints: the ratio to the target first, then each line of the bill, then what was assumed."""

from collections.abc import Mapping
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table

from cost.counts import Counts, Kind
from cost.model import MILLION, Bill, Line, Rates, bill, mixed, total

BATCHES = (1, 5, 10)


def report(counts: Mapping[Kind, Counts], rates: Rates) -> RenderableType:
    bills = {kind: bill(counts[kind], rates) for kind in Kind}
    return Group(
        headline(total(mixed(bills, rates)), rates),
        "",
        _lines(bills, rates),
        "",
        _single(bills),
        "",
        _batches(counts, rates),
        "",
        f"List prices of {rates.region}, {rates.read_on}, without free tiers; assumed (cost/prices.toml): "
        + ", ".join(f"{name} {number:f}" for name, number in rates.assumptions.items()),
    )


def headline(dollars: Decimal, rates: Rates) -> str:
    met = "met" if dollars <= rates.target else "missed"
    return (
        f"{dollars / rates.target:.2f} of the target: ${dollars:.2f} for a million webhooks of the mix, "
        f"at most ${rates.target:f}: {met}"
    )


def _lines(bills: Mapping[Kind, Bill], rates: Rates) -> Table:
    table = _table("Dollars for a million webhooks", "of all", "", *(kind.words for kind in Kind), "the mix")
    whole = mixed(bills, rates)
    for line in sorted(Line, key=lambda line: -whole[line]):
        each = (f"{bills[kind][line] * MILLION:.2f}" for kind in Kind)
        table.add_row(f"{whole[line] / total(whole):.0%}", line.value, *each, f"{whole[line]:.3f}")
    sums = (f"{total(bills[kind]) * MILLION:.2f}" for kind in Kind)
    table.add_row("100%", "all", *sums, f"{total(whole):.3f}", style="bold")
    table.add_row("", "share of webhooks", *(f"{rates.mix[kind]:.0%}" for kind in Kind), "")
    return table


def _single(bills: Mapping[Kind, Bill]) -> Table:
    """What one more of each costs, beyond what it follows from."""
    sums = {kind: total(bills[kind]) * MILLION for kind in Kind}
    table = _table("Millionths of a dollar for one", "µ$", "")
    table.add_row(f"{sums[Kind.NOT_NEWER]:.2f}", "webhook that is not newer")
    table.add_row(f"{sums[Kind.VALUE] - sums[Kind.NOT_NEWER]:.2f}", "change of a value, beside that")
    table.add_row(f"{sums[Kind.TIER] - sums[Kind.VALUE]:.2f}", "change of a tier, beside that")
    table.add_row(f"{sums[Kind.TIER_AND_MAIL] - sums[Kind.TIER]:.2f}", "mail, beside that")
    return table


def _batches(counts: Mapping[Kind, Counts], rates: Rates) -> Table:
    table = _table("As hints come", "of the target", "", "$ a million")
    for hints in BATCHES:
        assumed = rates.with_batches_of(hints)
        dollars = total(mixed({kind: bill(counts[kind], assumed) for kind in Kind}, assumed))
        label = "each alone" if hints == 1 else f"{hints} at once"
        table.add_row(f"{dollars / rates.target:.2f}", label, f"{dollars:.2f}")
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 1 else "right", no_wrap=True)
    return table
