"""The product's vocabulary, in the order in which data meets it."""
