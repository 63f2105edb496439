"""What can go wrong with the platform."""

TOKEN_CODES = (40001, 40014, 42001)  # the access token is wrong or over
BUSY, TOO_OFTEN, DAILY_LIMIT = -1, 45011, 45009
SECRET_CODES = (40013, 40125, 40164, 40243)  # staff must mend AppID, AppSecret or the white list of addresses
PASSING = (*TOKEN_CODES, *SECRET_CODES, BUSY, TOO_OFTEN, DAILY_LIMIT)
NO_WINDOW, NO_QUOTA, NO_RIGHT = 45015, 45047, 48001
NO_GRANT = 43101


class PlatformDown(Exception):
    """The platform could not be reached, or gave no answer that can be read."""


class PlatformRefused(Exception):
    """The platform answered with an error code."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(f"{code} {message}"[:200])
        self.code = code

    @property
    def is_passing(self) -> bool:
        """The same call may be taken later."""
        return self.code in PASSING
