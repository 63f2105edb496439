"""Two mends for Rasa 3.6.21, measured: together they halve the time of a turn with a custom action.

Rasa compiles one constant JSON schema again at each action reply (about 22 ms), and walks every event class for each
stored event. Both answers never change within a process. `docs/decisions/0003-rasa-speed.md` has the figures.
"""

from functools import lru_cache
from typing import Any

import jsonschema
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event


def mend() -> None:
    """Put both mends in place; doing it twice changes nothing."""
    validator = jsonschema.Draft7Validator(RemoteAction.action_response_format_spec())

    def validate_result(self: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate_result
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
