"""What webhooks cost on AWS: counted on the local stack, priced from AWS's list, printed by `make cost`."""
