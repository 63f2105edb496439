"""Settings: secrets of one machine make themselves, many machines must bring theirs."""

from pathlib import Path

import pytest

from foundation.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path / "data"))


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first, second = load_settings(), load_settings()
    assert first.secret_key and first.secret_key == second.secret_key
    assert (tmp_path / "data" / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_postgresql_without_secrets_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_DATABASE_URL", "postgresql+psycopg2://somewhere/x")
    monkeypatch.setenv("WENZHENG_SECRET_KEY", "given")
    with pytest.raises(SettingsError, match="WENZHENG_DATA_KEYS") as refused:
        load_settings()
    assert "WENZHENG_SECRET_KEY" not in str(refused.value)


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_HOTLINE_RETRY_SECONDS", "1, 2.5,3")
    assert load_settings().hotline_retry_seconds == [1, 2.5, 3]


def test_an_unknown_way_of_handling_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_HANDLING", "nobody")
    with pytest.raises(ValueError, match="HANDLING"):
        load_settings()
