"""The same databases as the tests of hotline/, where a test does not bring its own."""

from tests.hotline.conftest import database

__all__ = ["database"]
