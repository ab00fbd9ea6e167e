"""The why page: its link and its words."""
