"""While there is demonstration data, every page says so."""

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from foundation import demonstration
from web.parts import parts


def register(app: Flask) -> None:
    """What the frame of every page asks."""
    app.jinja_env.globals["has_demonstration"] = _is_there


def _is_there() -> bool:
    try:
        with parts().database.reading() as connection:
            return demonstration.is_there(connection)
    except SQLAlchemyError:  # the page that says that something broke must not break
        return False
