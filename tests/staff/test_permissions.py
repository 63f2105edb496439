"""The table of who may do what."""

import pytest

from staff.permissions import may, permissions, roles


def test_the_table_names_known_roles_only_and_leaves_nothing_to_nobody() -> None:
    for name, having in permissions().items():
        assert having and having <= set(roles()), name


def test_everybody_may_enter_and_nobody_may_do_everything() -> None:
    assert permissions()["desk.enter"] == set(roles())
    assert not [role for role in roles() if all(role in having for having in permissions().values())]


def test_one_role_that_may_is_enough_and_none_is_not() -> None:
    assert may(("editor", "operator"), "tickets.work")
    assert not may(("editor", "publisher"), "tickets.see")
    assert not may((), "desk.enter")


def test_a_permission_that_is_not_in_the_table_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        may(("administrator",), "tickets.burn")


def test_who_keeps_the_technology_sees_no_tickets() -> None:
    seeing = {name for name in permissions() if name.startswith(("tickets.", "pictures."))}
    assert not [name for name in seeing if "administrator" in permissions()[name]]
