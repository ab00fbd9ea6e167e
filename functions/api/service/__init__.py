"""The use cases behind the routes, on ports only."""
