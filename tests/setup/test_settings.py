"""What an office sets in the browser: its name and logo, the mail server tried, the letter about readings."""

import smtplib
from base64 import b64decode
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from contract.delivery import mail as delivery
from contract.delivery.models import MailServer
from contract.letters.models import Notice
from contract.models import Contract, Party
from contract.roles import REVIEWER, STAFF, SYSTEM_ADMIN
from contract.terms import POLICIES
from tests.contract.admin_helpers import signed_in
from tests.factories import make_contract, set_policy
from tests.setup.test_pages import client_of, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_print")]
PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture
def contract(settings: Any, tmp_path: Any) -> Contract:
    settings.MEDIA_ROOT, settings.DEMONSTRATION_DAY = tmp_path, "2025-03-03"
    return make_contract()


@pytest.fixture
def handler(contract: Contract) -> Any:
    return signed_in(person(STAFF, contract.office))


# --- Name and logo ------------------------------------------------------------------------------


def keep(client: Client, party: Party, **fields: Any) -> Any:
    sent = {"name": party.name, "credit_code": party.credit_code, "short_name": "滨河政数局"} | fields
    return client.post(f"/admin/contract/party/{party.pk}/change/", sent)


def test_name_and_logo_of_the_office_stand_above_the_menu_of_its_people(handler: Client, contract: Contract) -> None:
    answer = keep(handler, contract.office, picture=SimpleUploadedFile("logo.png", PNG))
    assert answer.status_code == 302
    page = handler.get("/admin/").content.decode()
    assert "滨河政数局" in page and 'src="data:image/png;base64,' in page
    other = client_of(person(STAFF, make_contract().office, "other")).get("/admin/").content.decode()
    assert "滨河政数局" not in other and "12345 热线合同履约" in other


def test_the_logo_stays_when_the_row_is_corrected_and_goes_when_it_is_removed(
    handler: Client, contract: Contract
) -> None:
    keep(handler, contract.office, picture=SimpleUploadedFile("logo.png", PNG))
    keep(handler, contract.office, short_name="另一名称")
    contract.office.refresh_from_db()
    assert contract.office.logo and contract.office.short_name == "另一名称"
    keep(handler, contract.office, without="on")
    contract.office.refresh_from_db()
    assert contract.office.logo == ""


@pytest.mark.parametrize("content", [b"%PDF-1.7 no picture", PNG + b"0" * 25_000, PNG[:40]])
def test_what_is_no_small_picture_is_refused(content: bytes, handler: Client, contract: Contract) -> None:
    answer = keep(handler, contract.office, picture=SimpleUploadedFile("logo.png", content))
    assert answer.status_code == 200 and answer.context["errors"]
    contract.office.refresh_from_db()
    assert contract.office.logo == "" and contract.office.short_name == ""


# --- The mail server ----------------------------------------------------------------------------


def test_a_message_tries_the_mail_server(contract: Contract, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example.cn"
    client = client_of(person(SYSTEM_ADMIN, name="xt"))
    page = client.post("/admin/contract/outboxmessage/mail/", {"address": "me@example.cn"}).content.decode()
    assert mail.outbox[0].to == ["me@example.cn"]
    assert "mail.example.cn" in page and 'id="receipt"' in page


def test_what_the_mail_server_answers_stands_on_the_page(
    contract: Contract, monkeypatch: pytest.MonkeyPatch, handler: Client
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise smtplib.SMTPAuthenticationError(535, b"authentication failed")

    monkeypatch.setattr(delivery, "get_connection", refuse)
    page = handler.post("/admin/contract/outboxmessage/mail/", {"address": "me@example.cn"}).content.decode()
    assert "535" in page and "authentication failed" in page


def test_without_a_server_the_page_says_that_nothing_leaves(handler: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert "不对外发送" in handler.get("/admin/contract/outboxmessage/mail/").content.decode()


def test_who_only_reads_sends_nothing(contract: Contract) -> None:
    client = client_of(person(REVIEWER, contract.office))
    page = "/admin/contract/outboxmessage/mail/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"address": "me@example.cn"}).status_code == 403 and not mail.outbox


MAIL = "/admin/contract/outboxmessage/mail/"
SET = {"host": "mail.example.cn", "port": "465", "security": "tls", "user": "hotline", "password": "geheim-1"}
SET |= {"sender": "hotline@example.cn"}


@pytest.fixture
def keeper(contract: Contract, settings: Any) -> Client:
    settings.DEMONSTRATION_DAY = ""  # the sample year sends nothing
    return client_of(person(SYSTEM_ADMIN, name="xt"))


def test_the_administrator_sets_the_mail_server_and_its_mail_goes_there(
    keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[dict[str, Any]] = []

    def connect(backend: str | None = None, **options: Any) -> Any:
        opened.append(options)
        return mail.get_connection("django.core.mail.backends.locmem.EmailBackend")

    monkeypatch.setattr(delivery, "get_connection", connect)
    assert keeper.post(MAIL, SET)["Location"] == MAIL
    keeper.post(MAIL, {"address": "me@example.cn"})
    asked = {name: opened[0][name] for name in ("host", "port", "username", "password", "use_ssl", "use_tls")}
    assert list(asked.values()) == ["mail.example.cn", 465, "hotline", "geheim-1", True, False]
    assert mail.outbox[0].from_email == "hotline@example.cn"


def test_the_password_is_sealed_and_never_shown_again(keeper: Client) -> None:
    keeper.post(MAIL, SET)
    assert MailServer.objects.get().password == "geheim-1"
    with connection.cursor() as cursor:
        tables = ("contract_mailserver", "contract_historicalmailserver")
        cursor.execute(" union all ".join(f"select password from {table}" for table in tables))
        assert all("geheim" not in row[0] for row in cursor.fetchall())
    assert "geheim-1" not in keeper.get(MAIL).content.decode()


def test_an_empty_password_keeps_the_old_one_for_the_same_server_and_name_only(keeper: Client) -> None:
    keeper.post(MAIL, SET)
    keeper.post(MAIL, SET | {"password": "", "port": "587", "security": "starttls"})
    assert (MailServer.objects.get().password, MailServer.objects.get().port) == ("geheim-1", 587)
    for other in ({"host": "mail.elsewhere.example"}, {"user": "somebody"}):
        page = keeper.post(MAIL, SET | {"password": ""} | other)
        assert page.status_code == 200 and "应当重新填写" in page.content.decode()
    assert MailServer.objects.get().host == "mail.example.cn"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"host": "http://mail"}, "服务器名称无效"),
        ({"sender": ""}, "应当填写发件人地址"),
        ({"port": "70000"}, "65535"),
        ({"password": ""}, "应当填写其密码"),
    ],
)
def test_a_mail_server_that_cannot_be_is_refused_at_its_field(wrong: dict[str, str], told: str, keeper: Client) -> None:
    page = keeper.post(MAIL, SET | wrong)
    assert page.status_code == 200 and told in page.content.decode()
    assert not MailServer.objects.exists()


def test_left_empty_the_environment_holds_and_is_shown_as_such(keeper: Client, settings: Any) -> None:
    settings.EMAIL_HOST = "relay.intra.example"
    assert "采用安装环境的设置（" in keeper.get(MAIL).content.decode()
    keeper.post(MAIL, SET)
    assert "由本页设置" in keeper.get(MAIL).content.decode() and delivery.server().host == "mail.example.cn"
    keeper.post(MAIL, {"host": "", "port": "465", "security": "tls"})
    assert delivery.server().host == "relay.intra.example" and not delivery.server().set_here


def test_the_sample_year_sends_nothing_whatever_is_set(keeper: Client, settings: Any) -> None:
    keeper.post(MAIL, SET)
    settings.DEMONSTRATION_DAY = "2025-09-30"
    assert not delivery.server().set_here


def test_with_a_server_set_in_the_browser_mail_is_written_where_the_environment_has_none(
    keeper: Client, settings: Any
) -> None:
    settings.MAIL_ENABLED = False
    assert not delivery.is_enabled()
    keeper.post(MAIL, SET)
    assert delivery.is_enabled()


def test_whoever_keeps_the_contract_tries_the_server_and_does_not_set_it(handler: Client) -> None:
    assert "设置邮件服务器" not in handler.get(MAIL).content.decode()
    assert handler.post(MAIL, SET).status_code == 403 and not MailServer.objects.exists()


# --- The letter about readings ------------------------------------------------------------------


def letter(client: Any, contract: Contract, chosen: list[str] | None = None) -> Any:
    """The letter with the readings that the form offers, or with those that are chosen."""
    url = f"/admin/contract/notice/issue/?subject=contract.Contract:{contract.pk}"
    form = client.get(url).context["form"]
    token = form.initial["token"]
    sent = {"subject": f"contract.Contract:{contract.pk}", "kind": "readings", "means": "letter", "token": str(token)}
    sent["readings"] = form.fields["readings"].initial if chosen is None else chosen
    return client.post(url, sent | {"recipient_person": "", "extra": "", "reason": "", "days": "7", "step": "issue"})


def test_the_letter_names_every_reading_that_is_not_confirmed(handler: Any, contract: Contract) -> None:
    row = set_policy(contract, "answer_days", 5)
    row.confirmed_on, row.confirmation = date(2024, 10, 8), "〔2024〕3号"
    row.save()
    letter(handler, contract)
    notice = Notice.objects.get()
    readings = {label: value for _key, _ref, label, value in notice.facts["subjects"][0]["details"]["readings"]}
    assert len(readings) == len(POLICIES) - 1 and str(POLICIES["answer_days"].label) not in readings
    assert readings["人员到位率统计周期"] == "自然月"
    said = "".join(line for _title, lines in notice.facts["letter"]["sections"] for line in lines)
    assert "人员到位率统计周期：自然月" in said and "不视为贵公司同意" in said and "第五百一十条" in said


def test_the_office_chooses_which_readings_stand_in_the_letter(handler: Any, contract: Contract) -> None:
    letter(handler, contract, ["answer_days", "on_post_window"])
    notice = Notice.objects.get()
    assert [row[0] for row in notice.facts["subjects"][0]["details"]["readings"]] == ["on_post_window", "answer_days"]
    said = "".join(line for _title, lines in notice.facts["letter"]["sections"] for line in lines)
    assert str(POLICIES["answer_days"].label) in said and str(POLICIES["deadline_roll"].label) not in said


@pytest.mark.parametrize("chosen", [[], ["headcount"]])
def test_a_letter_about_no_reading_is_refused(chosen: list[str], handler: Any, contract: Contract) -> None:
    assert "readings" in letter(handler, contract, chosen).context["form"].errors
    assert not Notice.objects.exists()


def test_what_a_letter_confirmed_stands_with_its_day_and_its_letter(handler: Any, contract: Contract) -> None:
    letter(handler, contract)
    number = Notice.objects.get().number
    page = f"/admin/contract/contract/{contract.pk}/readings/"
    assert handler.get(page).context["form"].initial["confirmation"] == number
    handler.post(page, {"keys": ["answer_days"], "confirmed_on": "2025-03-12", "confirmation": number})
    assert f"双方于2025-03-12以{number}确认" in handler.get(page).content.decode()


def test_with_every_reading_confirmed_there_is_no_letter_to_write(handler: Any, contract: Contract) -> None:
    sent = {"keys": list(POLICIES), "confirmed_on": "2025-03-01", "confirmation": "〔2025〕1号"}
    handler.post(f"/admin/contract/contract/{contract.pk}/readings/", sent)
    url = f"/admin/contract/notice/issue/?subject=contract.Contract:{contract.pk}"
    assert handler.get(url).status_code == 302
