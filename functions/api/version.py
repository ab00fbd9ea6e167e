"""The version that /health and the OpenAPI document tell; a test holds it to the one in pyproject.toml."""

VERSION = "0.1.0"
