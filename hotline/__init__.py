"""Tickets: from an appeal to its end, and every message to and from the city's hotline. It knows no chat."""
