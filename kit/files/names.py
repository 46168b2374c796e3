"""File names as a person would give them, which every system keeps: 三府函〔2025〕3号.pdf."""

_REFUSED = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))
_LONGEST = 60  # characters of up to four bytes: a name has 255 bytes


def stem(text: str) -> str:
    """A name without its suffix; brackets of document numbers stay. Never empty, never hidden."""
    shown = "".join(sign for sign in text.translate(_REFUSED) if sign.isprintable()).strip(" .")
    return shown[:_LONGEST].strip(" .") or "_"


def file_name(text: str, suffix: str) -> str:
    """A name with its suffix, which is not cut."""
    return f"{stem(text)}.{suffix.lstrip('.')}"
