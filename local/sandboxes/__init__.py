"""Stand-ins of vendors on a developer's machine: their APIs as documented, with state, on loopback."""
