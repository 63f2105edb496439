"""The city's lists: what ships is whole, and what staff edit counts at once or is refused by name."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline import catalogue as module
from hotline.catalogue import catalogue


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the lists, to be edited."""
    copy = Path(shutil.copytree(module.FOLDER, tmp_path / "catalogue"))
    monkeypatch.setattr(module, "FOLDER", copy)
    module._read.cache_clear()
    yield copy
    module._read.cache_clear()


def edit(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / f"{name}.yml"
    before = file.stat().st_mtime_ns
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    os.utime(file, ns=(before + 1, before + 1))


def test_the_tree_has_three_levels_and_about_a_hundred_and_twenty_leaves_or_more() -> None:
    known = catalogue()
    assert 120 <= len(known.categories) <= 180
    for leaf in known.categories.values():
        assert all(leaf.path) and leaf.path[0] == known.tops[leaf.top], leaf.id
    assert len({leaf.path for leaf in known.categories.values()}) == len(known.categories)


def test_every_department_has_a_name_duties_and_a_kind() -> None:
    for department in catalogue().departments.values():
        assert department.label and department.duties, department.id
        assert department.kind in ("government", "company", "hotline"), department.id
    labels = [department.label for department in catalogue().departments.values()]
    assert len(set(labels)) == len(labels)


def test_ids_fit_the_columns_that_keep_them() -> None:
    known = catalogue()
    assert max(map(len, known.categories)) <= 60
    assert max(map(len, known.departments)) <= 80
    assert max(map(len, known.districts)) <= 20


def test_what_citizens_could_not_get_done_goes_to_those_who_supervise() -> None:
    assert catalogue().categories["not-done"].department == "supervision"


@pytest.mark.parametrize(
    ("place", "district", "street"),
    [
        ("东湖区学府路3号", "east", ""),
        ("钢城街道办旁边", "west", "钢城街道"),
        ("火车站广场", "south", ""),
        ("从东湖区到西山区的路上", "", ""),  # two are named
        ("我家楼下", "", ""),
        ("", "", ""),
    ],
)
def test_a_place_is_found_by_its_names_unless_it_names_two(place: str, district: str, street: str) -> None:
    assert (catalogue().district_of(place), catalogue().street_of(place)) == (district, street)


def test_a_name_that_is_on_no_list_is_read_as_it_stands() -> None:
    assert catalogue().department_label("parks") == "园林绿化局"
    assert catalogue().department_label("路灯所") == "路灯所"
    assert catalogue().category_label("") == catalogue().district_label("") == ""


def test_an_edited_file_counts_at_once(folder: Path) -> None:
    assert catalogue().department_label("parks") == "园林绿化局"
    edit(folder, "departments", "label: 园林绿化局", "label: 园林局")
    assert catalogue().department_label("parks") == "园林局"


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("categories", "department: parks", "department: nowhere", "departments.yml has no nowhere"),
        ("rules", "department: labor", "department: nowhere", "departments.yml has no nowhere"),
        ("rules", "category: manhole", "category: nothing", "categories.yml has no nothing"),
        ("categories", "        trees: {", "        dogs: {", "categories.yml names dogs twice"),
    ],
)
def test_lists_that_contradict_each_other_are_refused_by_name(
    folder: Path, file: str, old: str, new: str, named: str
) -> None:
    edit(folder, file, old, new)
    with pytest.raises(ValueError, match=named):
        catalogue()
