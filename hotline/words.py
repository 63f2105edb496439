"""Making words a ticket's own: identifying numbers become tokens that the ticket's part of the vault can read."""

import re

from sqlalchemy.engine import Connection

from foundation.identifying import find_numbers
from foundation.privacy import Vault

_ANY_NUMBER = re.compile(r"\(?\+?\d(?:[ \-.()]{0,2}\d){6,19}")  # also a local or a foreign phone


def owner(number: str) -> str:
    """The name under which the vault keeps a ticket's originals."""
    return f"ticket:{number}"


def own_words(connection: Connection, vault: Vault, number: str, words: str, conversation: str) -> str:
    """The words for the ticket to keep; their tokens, if any, are the conversation's."""
    if conversation:
        words = vault.copy(connection, f"conversation:{conversation}", owner(number), words)
    return vault.tokenize(connection, owner(number), words)


def own_contact(connection: Connection, vault: Vault, number: str, words: str, conversation: str) -> str:
    """The same for a contact, in which every number of seven digits or more is a phone, whatever its form."""
    words = own_words(connection, vault, number, words, conversation)
    return _ANY_NUMBER.sub(lambda match: vault.keep(connection, owner(number), "电话", match.group()), words)


def has_number(contact: str) -> bool:
    """Tell whether a contact holds a number that the vault would keep."""
    return bool(find_numbers(contact) or _ANY_NUMBER.search(contact))


def numbers_in(contact: str) -> list[str]:
    """The numbers in a contact that the vault would keep as phones."""
    found = [number for number in find_numbers(contact) if number.kind == "电话"]
    rest = contact
    for number in find_numbers(contact):
        rest = rest.replace(number.value, " ")
    return [number.value for number in found] + _ANY_NUMBER.findall(rest)
