"""What every function runs on: environment, telemetry, queues, the clock."""
