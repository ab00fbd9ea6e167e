"""The rule language: conditions on accounts, as data; validated, compiled, traced."""
