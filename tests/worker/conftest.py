"""The same databases as the tests of hotline/."""

from tests.hotline.conftest import database, desk, postgresql_url

__all__ = ["database", "desk", "postgresql_url"]
