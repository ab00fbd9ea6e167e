"""Why an account has its tier, in words for people: the signed link in mails, and the page it leads to."""
