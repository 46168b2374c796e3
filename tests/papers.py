"""Scans for tests: the smallest that really open, so that what takes uploads can be strict."""

from io import BytesIO

from PIL import Image


def pdf(words: str = "scan") -> bytes:
    """A PDF of one empty page; other words make another file."""
    bodies = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    text, places = f"%PDF-1.7\n% {words}\n".encode(), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 4\n0000000000 65535 f \n{table}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n"
    return text + end.encode()


def picture(kind: str = "PNG", side: int = 8) -> bytes:
    """A grey picture, "PNG" or "JPEG"."""
    made = BytesIO()
    Image.new("L", (side, side), 200).save(made, kind)
    return made.getvalue()


PDF, PNG, JPEG = pdf(), picture("PNG"), picture("JPEG")
