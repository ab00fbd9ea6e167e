"""Any system that can send signed JSON: its body is trusted, nothing is fetched."""
