"""Making words a ticket's own: identifying numbers become tokens that the ticket's part of the vault can read."""

from sqlalchemy.engine import Connection

from foundation.privacy import Vault


def owner(number: str) -> str:
    """The name under which the vault keeps a ticket's originals."""
    return f"ticket:{number}"


def own_words(connection: Connection, vault: Vault, number: str, words: str, conversation: str) -> str:
    """The words for the ticket to keep; their tokens, if any, are the conversation's."""
    if conversation:
        words = vault.copy(connection, f"conversation:{conversation}", owner(number), words)
    return vault.tokenize(connection, owner(number), words)
