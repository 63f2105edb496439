"""Measures the product on written cases; every run leaves its settings, results and report in a folder of its own."""
