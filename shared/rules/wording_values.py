"""Values as people read them: amounts with their thousands set apart, long texts cut."""

MAX_SHOWN = 60
"""Characters of one value that a sentence shows."""


def grouped(amount: str) -> str:
    """`1,000.00`: an exact amount with its thousands set apart."""
    whole, point, decimals = amount.removeprefix("-").partition(".")
    return f"{'-' if amount.startswith('-') else ''}{int(whole):,}{point}{decimals}"


def shown(text: str) -> str:
    """`text`, cut where it is long."""
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
