"""AWS behind the ports: each library's failures are told apart here and go no further."""
