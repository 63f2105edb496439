"""What a citizen may stumble over in what staff write to them, before it is sent."""

from typing import Any

from knowledge.plain_language import Finding, findings
from web.desk.act_forms import ActForm

# The acts, and which of their fields is looked at; what citizens said themselves stays as they said it.
CHECKED = {"answer": "message", "progress": "message", "wait": "message", "reject": "instead"}
ANYWAY = "anyway"  # the button that sends it as it is


def stumbles(form: ActForm, fields: dict[str, Any]) -> list[Finding]:
    """The findings in what an act is about to tell the citizen; none for acts that are not checked."""
    return findings(fields[CHECKED[form.name]]) if form.name in CHECKED else []
