"""Encrypted text and its blind index."""

import base64

import pytest
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from kit.database.fields import DecryptionError, Key, _index_key, blind_index, check_keys, decrypt, encrypt, parse_keys
from kit.hashing import hexdigest
from staffing.models import Operator
from tests.factories import make_party

KEY_A = "a:" + base64.b64encode(b"a" * 32).decode()
KEY_B = "b:" + base64.b64encode(b"b" * 32).decode()
KEY_SM4 = "sm4-c:" + base64.b64encode(b"c" * 16).decode()
NUMBER = "999999199001010024"


def an_operator() -> Operator:
    return Operator.objects.create(
        vendor=make_party(),
        employee_number="1",
        name="甲",
        resident_id=NUMBER,
        resident_id_index=blind_index(NUMBER, "test"),
        hired_on="2024-01-01",
    )


def stored(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT resident_id FROM {table}")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize("key", [KEY_A, KEY_SM4])
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_to_the_same_text(key: str, text: str) -> None:
    with override_settings(FIELD_ENCRYPTION_KEYS=key):
        assert decrypt(encrypt(text, "x.y.z"), "x.y.z") == text


def test_sm4_gcm_is_the_standards_own() -> None:
    """The example of RFC 8998, appendix A.1."""
    key = Key("sm4-rfc", bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    nonce = bytes.fromhex("00001234567800000000ABCD")
    text = b"".join(bytes([byte]) * 8 for byte in bytes.fromhex("AABBCCDDEEFFEEAA"))
    context = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    sealed = key.seal(nonce, text, context)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert key.open(nonce, sealed, context) == text


def test_sm3_is_the_standards_own() -> None:
    """The first example of GB/T 32905-2016, appendix A."""
    assert hexdigest("sm3", b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    with pytest.raises(ImproperlyConfigured, match="unknown hash"):
        hexdigest("md5", b"abc")


@pytest.mark.parametrize("key", [KEY_A, KEY_SM4])
def test_one_altered_bit_does_not_open(settings, key: str) -> None:
    settings.FIELD_ENCRYPTION_KEYS = key
    head, _, encoded = encrypt("一二三", "x.y.z").rpartition(":")
    raw = bytearray(base64.b64decode(encoded))
    for place in (0, 12, -1):  # nonce, text, tag
        raw[place] ^= 1
        with pytest.raises(DecryptionError, match="altered or moved"):
            decrypt(f"{head}:{base64.b64encode(raw).decode()}", "x.y.z")
        raw[place] ^= 1


@pytest.mark.parametrize("old", [KEY_A, KEY_SM4])
def test_rotation_leads_from_either_algorithm_to_the_other(settings, old: str) -> None:
    new = KEY_SM4 if old == KEY_A else KEY_A
    settings.FIELD_ENCRYPTION_KEYS = old
    sealed, index = encrypt("一", "x.y.z"), blind_index("一", "p")
    settings.FIELD_ENCRYPTION_KEYS = f"{new},{old}"
    again = encrypt(decrypt(sealed, "x.y.z"), "x.y.z")
    assert again.startswith(f"v1:{new.partition(':')[0]}:") and decrypt(again, "x.y.z") == "一"
    assert blind_index("一", "p") == index


def test_the_index_of_a_national_key_is_made_by_sm3(settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = KEY_SM4
    state = HMAC(_index_key(Key("sm4-c", b"c" * 16), "p"), SM3())
    state.update("一".encode())
    assert blind_index("一", "p") == state.finalize().hex()


def test_the_same_text_never_looks_the_same() -> None:
    assert encrypt("一", "x.y.z") != encrypt("一", "x.y.z")


@pytest.mark.parametrize(
    "value", ["", "plain text", "v1:t1:", "v1:t1:AAAA", "v2:t1:AAAA", "v1:gone:AAAA", "v1:t1:不是"]
)
def test_what_cannot_be_opened_is_an_error_and_never_a_value(value: str) -> None:
    with pytest.raises(DecryptionError):
        decrypt(value, "x.y.z")


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(DecryptionError, match="altered or moved"):
        decrypt(encrypt("一", "x.y.z"), "x.y.other")


def test_after_a_rotation_the_new_key_seals_and_the_old_one_still_opens(settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = KEY_A
    old, index = encrypt("一", "x.y.z"), blind_index("一", "p")
    settings.FIELD_ENCRYPTION_KEYS = f"{KEY_B}, {KEY_A}"
    assert encrypt("一", "x.y.z").startswith("v1:b:")
    assert decrypt(old, "x.y.z") == "一"
    assert blind_index("一", "p") == index


def test_without_its_key_a_value_is_named_as_unreadable(settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = KEY_A
    old = encrypt("一", "x.y.z")
    settings.FIELD_ENCRYPTION_KEYS = KEY_B
    with pytest.raises(DecryptionError, match="key 'a' is not among"):
        decrypt(old, "x.y.z")


def test_blind_indexes_of_two_purposes_cannot_be_compared() -> None:
    assert blind_index("一", "p") != blind_index("一", "q")
    assert len(blind_index("一", "p")) == 64


@pytest.mark.parametrize(
    "written", ["", " , ", "k1", "k1:abc", "k1:!!!", f"{KEY_A},{KEY_A}", ":x", "sm4-x" + KEY_A[1:], "x" + KEY_SM4[5:]]
)
def test_malformed_keys_stop_the_start(settings, written: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS"):
        parse_keys(written)
    settings.FIELD_ENCRYPTION_KEYS = written
    assert [error.id for error in check_keys(None)] == ["contract.E001"]


@pytest.mark.django_db
def test_the_database_holds_no_readable_number() -> None:
    an_operator()
    for table in ("staffing_operator", "staffing_historicaloperator"):
        assert stored(table).startswith("v1:t1:")
        assert NUMBER not in stored(table)


@pytest.mark.django_db
def test_history_reads_the_number_back() -> None:
    operator = an_operator()
    assert operator.history.get().resident_id == NUMBER
    assert Operator.objects.get().resident_id == NUMBER
    assert Operator.objects.values_list("resident_id", flat=True).get() == NUMBER


@pytest.mark.django_db
def test_a_row_whose_key_is_lost_is_an_error_not_ciphertext(settings) -> None:
    an_operator()
    settings.FIELD_ENCRYPTION_KEYS = KEY_B
    with pytest.raises(DecryptionError):
        Operator.objects.get()


@pytest.mark.parametrize("lookup", ["", "__exact", "__contains", "__in", "__gt", "__lower"])
def test_an_encrypted_column_cannot_be_searched(lookup: str) -> None:
    with pytest.raises(FieldError):
        Operator.objects.filter(**{f"resident_id{lookup}": "x"})


def test_an_encrypted_column_can_be_asked_whether_it_is_empty() -> None:
    assert "IS NULL" in str(Operator.objects.filter(resident_id__isnull=True).query)
