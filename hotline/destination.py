"""Where webhooks go."""

from dataclasses import dataclass

from foundation.settings import Settings


@dataclass(frozen=True)
class Destination:
    """A receiver of webhooks and the secrets that sign for it; all of them sign, so that it can change over."""

    name: str
    url: str
    secrets: tuple[str, ...]


def destinations(settings: Settings) -> list[Destination]:
    """Every receiver, the city's hotline first."""
    return [Destination("hotline", settings.hotline_url, split_secrets(settings.hotline_secret))]


def split_secrets(secrets: str) -> tuple[str, ...]:
    """The secrets of a comma-separated setting."""
    return tuple(secret.strip() for secret in secrets.split(",") if secret.strip())
