"""The names under which files are handed out."""

import pytest

from kit.files.names import file_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("三府函〔2025〕3号", "三府函〔2025〕3号.pdf"),
        ("服务费结算单 SMX-12345-2024（更正）", "服务费结算单 SMX-12345-2024（更正）.pdf"),
        ("Muhammad O'Brien-Łukasz", "Muhammad O'Brien-Łukasz.pdf"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j.pdf"),
        ("..\\..\\etc/passwd", "_.._etc_passwd.pdf"),
        (".hidden. ", "hidden.pdf"),
        ("one\r\ntwo\x00\u202e", "onetwo.pdf"),
        ("", "_.pdf"),
    ],
)
def test_a_name_keeps_what_every_system_keeps(text: str, name: str) -> None:
    assert file_name(text, "pdf") == name


def test_a_long_name_keeps_its_suffix_and_fits_into_255_bytes() -> None:
    name = file_name("𠀀" * 300, ".pdf")
    assert name.endswith(".pdf") and 200 < len(name.encode()) <= 255
