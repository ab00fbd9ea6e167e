"""A stand-in of Recurly's API v3 (v2021-02-25) with a demo site; what is under /_sandbox is not Recurly's."""
