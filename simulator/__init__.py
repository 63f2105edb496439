"""A stand-in for the city's hotline, for demonstration and tests; it imports nothing of the product."""
