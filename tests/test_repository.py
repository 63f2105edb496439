"""The repository guards itself: arrows between packages, owners of libraries, settings, outcomes, actions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from foundation.settings import Settings

ROOT = Path(__file__).parent.parent
PACKAGES = {path.parent.name for path in ROOT.glob("*/__init__.py")}
ARROWS: dict[str, set[str]] = {
    "foundation": set(),
    "knowledge": {"foundation"},
    "hotline": {"foundation", "knowledge"},
    "conversations": {"foundation", "knowledge"},
    "bot": {"foundation", "knowledge"},
    "actions": {"foundation", "knowledge", "hotline"},
    "staff": {"foundation"},
    "wechat": {"foundation"},
    "web": {"foundation", "conversations", "knowledge", "hotline", "wechat", "staff"},
    "worker": {"foundation", "conversations", "knowledge", "hotline", "wechat"},
    "simulator": set(),
    "evaluation": PACKAGES - {"commands", "simulator"},
    "commands": PACKAGES - {"simulator"},
}
OWNERS = {
    "jieba": "knowledge/tokenizer.py",
    "sentence_transformers": "knowledge/embedder.py",
    "faiss": "knowledge/vector_index.py",
    "bm25s": "knowledge/keyword_index.py",
    "openpyxl": "knowledge/workbook.py",
    "docx": "knowledge/importing/word.py",
    "PIL": "hotline/pictures/image.py",
    "argon2": "staff/accounts.py",
    "pyotp": "staff/second_factor.py",
    "segno": "web/desk/second_factor.py",
    "chinese_calendar": "foundation/working_days.py",
    "matplotlib": "evaluation/plots.py",
    "markdown_it": "evaluation/page.py",
}


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def in_yaml(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_packages_import_only_along_the_arrows(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        used = {name.split(".")[0] for name in imports(path)} & PACKAGES - {package}
        assert used <= ARROWS[package], f"{path.relative_to(ROOT)} imports {used - ARROWS[package]}"


@pytest.mark.parametrize(("library", "owner"), OWNERS.items())
def test_one_file_owns_one_library(library: str, owner: str) -> None:
    users = {
        str(path.relative_to(ROOT)) for path in sources() if library in {name.split(".")[0] for name in imports(path)}
    }
    assert users == {owner}


def test_one_file_reads_the_time() -> None:
    reads = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\b")
    own = [path for path in sources() if path.relative_to(ROOT).parts[0] != "simulator"]  # a stand-in for others
    readers = {str(path.relative_to(ROOT)) for path in own if reads.search(path.read_text(encoding="utf-8"))}
    assert readers == {"foundation/clock.py"}


def test_every_setting_is_explained_and_every_explained_one_exists() -> None:
    explained = set(
        re.findall(r"^#? ?WENZHENG_([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert explained - {"SHARED_DATA"} == {name.upper() for name in Settings.__fields__}


def test_every_setting_is_named_in_the_handbook() -> None:
    handbook = (ROOT / "docs/handbook/settings.md").read_text(encoding="utf-8")
    assert not [name for name in Settings.__fields__ if f"`WENZHENG_{name.upper()}`" not in handbook]


def test_every_outcome_has_a_label_a_definition_and_words() -> None:
    responses = in_yaml("domain.yml")["responses"]
    for name, about in in_yaml("bot/outcomes.yml").items():
        assert about["label"] and about["definition"] and about["responses"], name
        assert set(about["responses"]) <= set(responses), name


def test_every_response_says_exactly_one_outcome() -> None:
    said = [response for about in in_yaml("bot/outcomes.yml").values() for response in about["responses"]]
    assert sorted(said) == sorted(in_yaml("domain.yml")["responses"])


def test_every_action_of_the_domain_exists_and_every_existing_one_is_in_it() -> None:
    named = {
        name
        for path in (ROOT / "actions").glob("*.py")
        for name in re.findall(r'return "((?:action|validate)_\w+)"', path.read_text())
    }
    assert named == set(in_yaml("domain.yml")["actions"])


def test_every_emergency_kind_has_words_with_a_number_first() -> None:
    responses = in_yaml("domain.yml")["responses"]
    emergencies = {name: variants for name, variants in responses.items() if name.startswith("utter_emergency_")}
    for name, variants in emergencies.items():
        assert re.search(r"1\d{2}|12356", variants[0]["text"][:20]), name
    kinds = in_yaml("knowledge/emergency.yml")["kinds"]
    assert {f"utter_emergency_{kind}" for kind in kinds} | {"utter_emergency_unclear"} == set(emergencies)


def test_no_file_is_longer_than_a_sitting() -> None:
    long = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in [*sources(), *(ROOT / "tests").rglob("*.py")]
    }
    assert not {name: lines for name, lines in long.items() if lines > 250}


def test_every_picture_of_the_handbook_is_there_and_shown() -> None:
    handbook = ROOT / "docs" / "handbook"
    shown = {name for page in handbook.glob("*.md") for name in re.findall(r"\(pictures/([^)]+)\)", page.read_text())}
    assert shown == {path.name for path in (handbook / "pictures").iterdir()}


def test_no_registry_address_stands_in_the_lock() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")
