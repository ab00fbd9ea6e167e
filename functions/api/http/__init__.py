"""What HTTP asks of every route alike: who calls, in which order things are checked, how refusals read."""
