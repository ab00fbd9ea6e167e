"""Taking what sources say into the accounts: the way in that webhooks and scheduled syncs share."""
