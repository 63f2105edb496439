"""How pages of staff show a moment, and take what was written in a field."""

from datetime import datetime

from foundation.clock import local
from web.parts import parts


def moment(at: datetime) -> str:
    """A moment as the clocks of the city show it, to the second."""
    return local(at, parts().settings.timezone).strftime("%Y-%m-%d %H:%M:%S")


def written(given: str) -> str:
    """What somebody wrote in a field, without signs that no name holds and no database takes."""
    return "".join(sign for sign in given if sign.isprintable()).strip()
