"""Files that are archives inside (zip, xlsx, docx): opened only when they are small and sound."""

import io
import zipfile
from pathlib import PurePosixPath

from knowledge.importing.piece import File, limits
from knowledge.importing.words import refused

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the older format, and what a password makes of the newer one
_ENCRYPTED, _UTF8 = 0x1, 0x800
MEGABYTE = 1024 * 1024


def opened(file: File) -> zipfile.ZipFile:
    """The archive; raises Refused for one that is broken, encrypted, or too large once unpacked.

    Python reads no more of a member than its head declares, so what is declared may be believed.
    """
    if file.data.startswith(_OLD_OFFICE):
        raise refused("old_office", name=file.name, suffix=PurePosixPath(file.name).suffix.lower()[:5])
    try:
        archive = zipfile.ZipFile(io.BytesIO(file.data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise refused("broken", name=file.name) from error
    members = archive.infolist()
    if len(members) > limits()["members"]:
        raise refused("members", name=file.name, given=len(members), most=limits()["members"])
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise refused("encrypted", name=file.name)
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits()["unpacked"]:
        given, most = unpacked // MEGABYTE, limits()["unpacked"] // MEGABYTE
        raise refused("unpacked", name=file.name, given=given, megabytes=most)
    return archive


def name_of(member: zipfile.ZipInfo) -> str:
    """A member's name; what Windows packed without saying its encoding is Chinese."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
