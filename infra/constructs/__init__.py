"""The house's building blocks, and one construct for each step of the flow."""
