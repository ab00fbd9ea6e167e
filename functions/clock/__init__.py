"""The function that wakes what is due, every minute."""
