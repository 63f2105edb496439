"""What administrators tell every citizen on top of the pages."""

from flask import Flask

from web.parts import parts


def register(app: Flask) -> None:
    """Let templates ask for the notices of this moment."""

    @app.context_processor
    def notices() -> dict[str, object]:
        return {"notices": lambda: parts().controls.notices()}
