"""A ZIP of which equal contents give equal bytes, with a list of checksums that proves them."""

import io
import zipfile
from collections.abc import Mapping
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MANIFEST = "SHA256SUMS.txt"
# ZIP knows no earlier year; the time of packing is of no interest, and would change the bytes.
TIMESTAMP = (1980, 1, 1, 0, 0, 0)
MOST_BYTES = 200 * 1024 * 1024


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files by their paths, in the order of the paths, with the manifest at the end.

    Raises ValidationError where they are too many bytes for one file.
    """
    size = sum(len(content) for content in files.values())
    if size > MOST_BYTES:
        raise ValidationError(
            _("The case file would hold %(size)d MB; at most %(most)d MB. Export fewer alerts.")
            % {"size": size // 1024**2, "most": MOST_BYTES // 1024**2}
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(files):
            _add(archive, path, files[path])
        _add(archive, MANIFEST, manifest(files))
    return out.getvalue()


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Lines that `sha256sum -c` reads, in the order of the paths."""
    lines = (f"{sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    return "".join(lines).encode()


def _add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    info = zipfile.ZipInfo(path, TIMESTAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # the same on every system
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)  # names that are not ASCII get the UTF-8 flag
