"""The local stack: the deployed templates on an AWS emulator, vendor sandboxes, a mailbox, demo customers."""
