"""The in-memory twin of every port: as strict as what is deployed, for tests and simulation."""
