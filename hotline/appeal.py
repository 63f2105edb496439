"""What a citizen brings: the appeal that a ticket is opened for."""

from dataclasses import dataclass

from hotline.lifecycle import lifecycle


@dataclass(frozen=True)
class Appeal:
    """One appeal; texts hold the tokens of the conversation's vault, or raw words where there is no conversation."""

    instance: str  # the same one again opens no second ticket
    kind: str
    what: str
    place: str = ""
    time_of_event: str = ""
    contact: str = ""
    anonymous: bool = False
    channel: str = "chat"
    conversation: str = ""

    def __post_init__(self) -> None:
        """Refuse what no ticket can be made of."""
        if self.kind not in lifecycle().kinds:
            raise ValueError(f"kind must be one of {', '.join(lifecycle().kinds)}")
        if not self.instance or not self.what.strip():
            raise ValueError("an appeal needs an instance and what happened")
        if self.anonymous and self.contact:
            raise ValueError("an anonymous appeal has no contact")
