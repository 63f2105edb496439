"""What administrators and auditors do: accounts, settings, the trace."""

from web.admin import accounts, audit, settings

BLUEPRINTS = (accounts.pages, audit.pages, settings.pages)
