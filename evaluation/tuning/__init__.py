"""Tunes the default embedding model on what entries and statutes say, and ships the change as a small difference."""
