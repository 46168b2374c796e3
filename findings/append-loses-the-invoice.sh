#!/bin/sh
# Version: pypdf 7.1.1
# Date: 2026-11-28
# Input: the PDF of an e-invoice, with its number in the document's properties and its XML as an attached file
# Expected: PdfWriter.append() brings the whole document: pages, outline, attached files
# Seen: the pages come; the attached XML and the property InvoiceNumber are gone without a warning.
#       PdfWriter(clone_from=…) keeps both
# Why: a payment file that is put together from an invoice and other papers shows the invoice and is none any more:
#      the data that the electronic voucher standard asks to be kept are lost
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q pypdf==7.1.1 2>/dev/null
cd "$work"
"$work/env/bin/python" - <<'END'
import sys

from pypdf import PdfReader, PdfWriter

invoice = PdfWriter()
invoice.add_blank_page(200, 100)
invoice.add_metadata({"/InvoiceNumber": "25412000000010000055"})
invoice.add_attachment("invoice.xml", b"<EInvoice/>")
invoice.write("invoice.pdf")


def kept(path: str) -> tuple[int, str, list[str]]:
    pdf = PdfReader(path)
    return len(pdf.pages), str(pdf.metadata.get("/InvoiceNumber", "")), sorted(pdf.attachments)


appended = PdfWriter()
appended.append("invoice.pdf")
appended.write("appended.pdf")
PdfWriter(clone_from="invoice.pdf").write("cloned.pdf")
seen = [kept(f"{name}.pdf") for name in ("invoice", "appended", "cloned")]
for line in seen:
    print(line)
whole = (1, "25412000000010000055", ["invoice.xml"])
sys.exit(0 if seen == [whole, (1, "", []), whole] else 1)
END
