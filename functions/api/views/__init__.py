"""What replies look like: the JSON of each resource, and how it is made of the domain's values."""
