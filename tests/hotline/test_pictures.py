"""Uploads: kept whole or not at all, put into one report by whoever sent them, forgotten in time."""

import stat
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from foundation.clock import now
from foundation.privacy import vault_keys
from hotline.pictures.files import Files
from hotline.pictures.image import Taken
from hotline.pictures.refusals import NoRoom
from hotline.pictures.store import UnknownPicture, pictures_of
from hotline.pictures.uploads import Uploads
from hotline.tables import uploads
from hotline.ticket import Appeal
from tests.hotline.photos import encoded, noise, opened, photo
from tests.hotline.support import Desk, everything_at_rest, in_threads, rows
from worker.uploads import ForgottenUploads

ME, OTHER = "me", "somebody else"


@pytest.fixture
def sent(desk: Desk) -> Uploads:
    return Uploads(desk.database, desk.vault, desk.settings)


def files(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.settings.data_dir / "uploads").rglob("*") if path.is_file())


def test_an_upload_is_kept_privately_and_its_place_is_sealed(desk: Desk, sent: Uploads) -> None:
    name = sent.take_in(photo(), ME, consent=True)
    folder = desk.settings.data_dir / "uploads" / name[:2]
    assert files(desk) == [f"{name}-thumb.jpg", f"{name}.jpg"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert sent.taken(ME, [name]) == Taken(30.25, 120.17, datetime(2026, 11, 20, 14, 5, 6))
    assert sent.taken(OTHER, [name]) == Taken()
    [row] = rows(desk.database, uploads)
    assert row["visibility"] == "staff" and row["ticket"] is None
    assert "30.25" not in everything_at_rest(desk.database)


def test_nine_pictures_make_a_report_and_ten_are_refused(desk: Desk, sent: Uploads) -> None:
    names = tuple(sent.take_in(photo(), ME, consent=False) for _ in range(10))
    with pytest.raises(ValueError, match="at most 9"):
        Appeal("i", "求助", "路灯坏了", pictures=names, uploader=ME)
    number = desk.open(pictures=names[8::-1], uploader=ME)
    with desk.database.reading() as connection:
        assert [picture.id for picture in pictures_of(connection, number)] == list(names[8::-1])
    desk.tickets.supplement(number, "又拍了一张", "c1", (names[9],), ME)
    with desk.database.reading() as connection:
        assert [picture.id for picture in pictures_of(connection, number)] == [*names[8::-1], names[9]]


def test_pictures_of_somebody_else_or_of_another_report_open_nothing(desk: Desk, sent: Uploads) -> None:
    mine, other = sent.take_in(photo(), ME, consent=False), sent.take_in(photo(), OTHER, consent=False)
    for foreign in (other, "0" * 32, "../../secrets"):
        with pytest.raises(UnknownPicture):
            desk.open(pictures=(mine, foreign), uploader=ME)
    desk.open(pictures=(mine,), uploader=ME)
    with pytest.raises(UnknownPicture):
        desk.open(pictures=(mine,), uploader=ME)
    assert sent.free(OTHER, [mine, other]) == [other]
    assert [row["ticket"] is None for row in rows(desk.database, uploads) if row["id"] == other] == [True]


def test_one_picture_sent_into_two_reports_at_once_stands_in_one(desk: Desk, sent: Uploads) -> None:
    name = sent.take_in(photo(), ME, consent=False)

    def try_it(place: int) -> bool:
        try:
            return bool(desk.open(f"i{place}", pictures=(name,), uploader=ME))
        except UnknownPicture:
            return False

    assert sorted(in_threads(4, try_it)) == [False, False, False, True]


def test_four_pictures_at_once_are_all_taken_in_whole(desk: Desk, sent: Uploads) -> None:
    names = in_threads(4, lambda seed: sent.take_in(encoded(noise(900, 700, seed)), ME, consent=False))
    assert len(set(names)) == 4
    for row in rows(desk.database, uploads):
        whole = opened((desk.settings.data_dir / "uploads" / row["id"][:2] / f"{row['id']}.jpg").read_bytes())
        whole.load()
        assert whole.size == (row["width"], row["height"]) == (900, 700)


def test_what_came_into_no_report_is_forgotten_after_a_day(desk: Desk, sent: Uploads) -> None:
    used, old, fresh = (sent.take_in(photo(), ME, consent=True) for _ in range(3))
    number = desk.open(pictures=(used,), uploader=ME)
    with desk.database.writing() as connection:
        connection.execute(update(uploads).where(uploads.c.id != fresh).values(at=now() - timedelta(hours=25)))
    half = desk.settings.data_dir / "uploads" / old[:2] / f"{old}.new"
    half.write_bytes(b"left by a crash")
    ForgottenUploads(desk.database, desk.vault, desk.settings).run()
    assert {row["id"] for row in rows(desk.database, uploads)} == {used, fresh}
    assert files(desk) == sorted(f"{name}{part}.jpg" for name in (used, fresh) for part in ("", "-thumb"))
    owners = {row["owner"] for row in rows(desk.database, vault_keys)}
    assert {f"upload:{used}", f"upload:{fresh}"} < owners and f"upload:{old}" not in owners
    assert desk.tickets.of_conversation("c1")[0].number == number


def test_a_disk_without_room_takes_nothing_half(desk: Desk, sent: Uploads, tmp_path: Path) -> None:
    with pytest.raises(NoRoom):
        Files(tmp_path / "small", reserve=1 << 60).write("0" * 32, {"original": b"x"})
    assert not list((tmp_path / "small").rglob("*.*"))


def test_a_disk_that_fails_in_the_middle_leaves_nothing(desk: Desk, sent: Uploads, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the end of the disk: the write stops in the middle."""
    sent.take_in(photo(), ME, consent=False)
    before, known = files(desk), rows(desk.database, uploads)
    (tmp_path / "large.jpg").write_bytes(encoded(noise(2400, 2400), quality=95))
    program = f"""
import resource
from pathlib import Path
from foundation.database import Database
from foundation.privacy import Vault
from hotline.pictures.files import Files
from hotline.pictures.refusals import NoRoom
from hotline.pictures.uploads import Uploads
from tests.hotline.support import DATA_KEYS, make_settings
url = {desk.settings.database_url!r}
sent = Uploads(Database(url), Vault(DATA_KEYS), make_settings(url, Path({str(desk.settings.data_dir)!r})))
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
try:
    sent.take_in(Path({str(tmp_path / "large.jpg")!r}).read_bytes(), "me", consent=True)
except NoRoom as error:
    print(error.status, error.message)
try:
    Files(Path({str(desk.settings.data_dir / "uploads")!r})).write("0" * 32, {{"public": bytes(4_000_000)}})
except NoRoom:
    print("the public version neither")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("503 现在存不下图片") and done.stdout.endswith("neither\n"), done.stderr
    assert files(desk) == before
    assert rows(desk.database, uploads) == known
