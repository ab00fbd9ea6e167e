"""`make cost`: prints what webhooks cost."""

from rich.console import Console

from cost import counts, model, table

WIDTH = 120


def main() -> None:
    console = Console(width=max(WIDTH, Console().width), highlight=False)
    console.print(table.report(counts.kept(), model.rates()))


if __name__ == "__main__":
    main()
