"""The function that takes signed webhooks and queues them."""
