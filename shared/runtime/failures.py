"""The three roots of failure: whoever catches one knows whether to try again."""


class BadInput(Exception):
    """What was asked for can't be: the asker must change it."""


class Retryable(Exception):
    """It did not work now (throttled, down, timed out), or its answer was lost: the same may be asked again."""


class Permanent(Exception):
    """It will fail in the same way again (no permission, no such table): a person must mend the set-up."""
