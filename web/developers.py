"""The page for whoever connects a mini-program or another channel; a test runs its examples."""

from functools import lru_cache
from pathlib import Path

from flask import Blueprint, render_template

from web.parts import parts

pages = Blueprint("developers", __name__)
EXAMPLES = Path(__file__).parent / "templates" / "developers" / "examples"
SITE = "https://wz.example.gov.cn"  # stands in the examples for this site's own address


@pages.get("/developers")
def developers() -> str:
    """How to get a key, send messages and pictures, and hear of news."""
    site = parts().settings.site
    return render_template(
        "developers/developers.html",
        city=parts().settings.city,
        site=site,
        examples={name: text.replace(SITE, site) for name, text in _examples().items()},
        per_minute=parts().settings.messages_per_minute,
    )


@lru_cache(maxsize=1)
def _examples() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8").strip() for path in sorted(EXAMPLES.iterdir())}
