"""The same databases and clock as in the tests of hotline/, where a test does not bring its own."""

from tests.hotline.conftest import clock, database

__all__ = ["clock", "database"]
