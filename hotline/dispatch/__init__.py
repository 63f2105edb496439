"""Dispatch: which category and department a ticket belongs to, how sure that is, and why."""
