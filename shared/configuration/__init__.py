"""What admins configure: settings, fields, tiers, policy, sources, alert rules, as versioned documents."""
