"""An engine a module: each is given the same rules in its own words and the same accounts in the form it takes."""
