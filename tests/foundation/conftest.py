"""The same databases as the tests of hotline/, and a clock."""

from tests.hotline.conftest import clock, database, desk

__all__ = ["clock", "database", "desk"]
