"""OFD (GB/T 33190) is a ZIP: the invoice's own XML inside, or the data in its catalogue.

What the archive says of its parts is added up before any is opened, and no more is unpacked of a
part than it is allowed to hold.
"""

import zipfile
from typing import IO

from django.utils.translation import gettext_noop as _

from billing.einvoice.reading import Reading, Unreadable, amount, day, text
from billing.einvoice.xml import ROOTS, XML_MAX_BYTES, leaves, parse, read_xml
from contract.findings import Message

PARTS_MAX = 500
UNPACKED_MAX_BYTES = 40 * 1024**2
CATALOGUE = "OFD.xml"

# Names of the catalogue's own entries (CustomData) as invoice software writes them.
_ENTRIES = {
    "发票代码": "code",
    "发票号码": "number",
    "开票日期": "issued_on",
    "合计金额": "net",
    "合计税额": "tax",
    "价税合计": "gross",
    "购买方纳税人识别号": "buyer_credit_code",
    "销售方纳税人识别号": "seller_credit_code",
}


def read_ofd(file: IO[bytes]) -> Reading:
    """What an OFD says. Raises Unreadable for a file that is none, or that would unpack too far."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _check(parts)
            for part in parts:
                name = part.filename.lower()
                if name.endswith(".xml") and ("invoice" in name or "/attach" in name):
                    data = _unpack(archive, part)
                    if parse(data).tag.rpartition("}")[2] in ROOTS:
                        return read_xml(data, "ofd")
            return _from_catalogue(_unpack(archive, archive.getinfo(CATALOGUE)))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise Unreadable(_no_ofd()) from error


def _check(parts: list[zipfile.ZipInfo]) -> None:
    if CATALOGUE not in {part.filename for part in parts}:
        raise Unreadable(_no_ofd())
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX_BYTES:
        raise Unreadable(Message(_("The OFD unpacks to more than is taken in. Send the invoice alone.")))


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with archive.open(part) as stream:  # what it says of its size proves nothing
        data = stream.read(XML_MAX_BYTES + 1)
    if len(data) > XML_MAX_BYTES:
        raise Unreadable(Message(_("The OFD unpacks to more than is taken in. Send the invoice alone.")))
    return data


def _from_catalogue(data: bytes) -> Reading:
    found: dict[str, str] = {}
    for _path, element in leaves(parse(data)):
        field = _ENTRIES.get(element.get("Name", ""))
        value = text(element.text)
        if field and value and element.tag.rpartition("}")[2] == "CustomData":
            found.setdefault(field, value)
    net, tax = amount(found.get("net")), amount(found.get("tax"))
    gross = amount(found.get("gross"))
    if gross is None and net is not None and tax is not None:
        gross = net + tax
    return Reading(
        source="ofd",
        code=found.get("code"),
        number=found.get("number"),
        issued_on=day(found.get("issued_on")),
        gross=gross,
        net=net,
        tax=tax,
        buyer_credit_code=found.get("buyer_credit_code"),
        seller_credit_code=found.get("seller_credit_code"),
    )


def _no_ofd() -> Message:
    return Message(_("The file is no OFD document. Send it as it was downloaded."))
