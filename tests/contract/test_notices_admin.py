"""Letters in the browser: two clicks from an alert, followed until they arrive."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contract import records
from contract.choices import AlertStatus
from contract.duties.models import ForceMajeureEvent
from contract.letters.models import Notice, NoticeArrival
from contract.models import Alert, Contract
from contract.roles import AUDITOR, FINANCE, REVIEWER, STAFF
from staffing.models import ReplacementDemand
from tests.contract.admin_helpers import AT, has, lacks, make_alert, office_user, signed_in
from tests.contract.letters import make_notice
from tests.factories import make_assignment, make_contract, make_roles, make_user
from tests.papers import PDF
from tests.test_permissions import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_print")]
LIST = reverse("admin:contract_notice_changelist")


@pytest.fixture(autouse=True)
def today(settings: Any, tmp_path: Any) -> None:
    settings.DEMONSTRATION_DAY = "2025-03-12"
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def contract() -> Contract:
    return make_contract(vendor_agent="钱经理")


@pytest.fixture
def client(contract: Contract) -> Client:
    return signed_in(office_user(contract))


def page_of(alert: Alert) -> str:
    return reverse("admin:contract_alert_change", args=[alert.pk])


def letter_url(page: Any) -> str:
    """The button that leads to the form, on any page."""
    found = re.search(r'href="([^"]*/notice/issue/[^"]*)"', page.content.decode())
    assert found is not None
    return found[1].replace("&amp;", "&")


def filled(page: Any, **more: Any) -> dict[str, Any]:
    """The form as it is offered, with changes."""
    form = page.context["form"]
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data = {name: value for name, value in data.items() if value is not None}
    return {**data, "subject": page.context["subjects"], "step": "issue", **more}


@pytest.mark.printed
def test_two_clicks_lead_from_an_alert_to_an_issued_letter(contract: Contract, client: Client) -> None:
    alert = make_alert(contract)
    form = client.get(letter_url(client.get(page_of(alert))))
    has(form, "缺岗逾期未补", "钱经理", "限期补员", "催告", "要求说明情况", "预览草稿")
    page = client.post(form.request["PATH_INFO"], filled(form), follow=True)
    notice = Notice.objects.get()
    assert notice.kind == "backfill"  # what fits a gap that is overdue is offered first
    has(page, f"函件{notice.number}已出具", "未确认收到", "记录送达", "自送达之日起5日")
    has(client.get(page_of(alert)), notice.number)
    has(client.get(LIST, {"arrived": "no"}), notice.number)


def test_the_draft_is_a_pdf_and_nothing_is_kept(contract: Contract, client: Client) -> None:
    form = client.get(letter_url(client.get(page_of(make_alert(contract)))))
    page = client.post(form.request["PATH_INFO"], filled(form, step="preview"))
    assert page["Content-Type"] == "application/pdf" and page.content.startswith(b"%PDF")
    assert page["Content-Disposition"].startswith("inline")
    assert not Notice.objects.exists()


def test_a_second_click_makes_no_second_letter(contract: Contract, client: Client) -> None:
    form = client.get(letter_url(client.get(page_of(make_alert(contract)))))
    data = filled(form)
    for _click in range(2):
        assert client.post(form.request["PATH_INFO"], data).status_code == 302
    assert Notice.objects.count() == 1


def test_a_mistake_stands_beside_its_field(contract: Contract, client: Client) -> None:
    form = client.get(letter_url(client.get(page_of(make_alert(contract)))))
    data = filled(form, kind="explanation", days=2)
    has(client.post(form.request["PATH_INFO"], data), "答复期限至少为5日")
    assert not Notice.objects.exists()


def test_an_alert_of_the_offices_own_duty_offers_no_letter(contract: Contract, client: Client) -> None:
    alert = make_alert(contract, owed_by="office")
    lacks(client.get(page_of(alert)), ["/notice/issue/"])
    url = reverse("admin:contract_notice_issue") + f"?subject=contract.Alert:{alert.pk}"
    has(client.get(url, follow=True), "没有（或已没有）可出具的函件")


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "contract.Alert:",
        "contract.Alert:abc",
        "contract.Alert:999999",
        "auth.User:1",
        "contract.Alert:99999999999999999999",
        "x",
        "contract.Alert:١",
    ],
)
def test_what_cannot_be_written_about_is_not_found(client: Client, subject: str) -> None:
    assert client.get(reverse("admin:contract_notice_issue"), {"subject": subject}).status_code == 404


def test_letters_and_alerts_of_other_contracts_do_not_exist(client: Client) -> None:
    foreign = make_contract()
    notice, alert = make_notice(foreign), make_alert(foreign)
    for name in ("pdf", "proof"):
        url = reverse(f"admin:contract_notice_{name}", args=[notice.pk])
        assert client.get(url).status_code == 404
    assert client.get(reverse("admin:contract_notice_change", args=[notice.pk])).status_code == 302
    url = reverse("admin:contract_notice_issue") + f"?subject=contract.Alert:{alert.pk}"
    assert client.get(url).status_code == 404
    lacks(client.get(LIST), [notice.number])


def test_the_arrival_is_recorded_with_its_proof(contract: Contract, client: Client) -> None:
    alert = make_alert(contract)
    notice = make_notice(contract, subject=("contract.Alert", alert.pk))
    url = reverse("admin:contract_notice_change", args=[notice.pk])
    data = {
        "arrived_on": "2025-03-11",
        "means": "letter",
        "received_by": "钱经理",
        "note": "",
        "proof": SimpleUploadedFile("回执.pdf", PDF),
    }
    page = client.post(url, data, follow=True)
    has(page, "函件所定期限于2025-03-17届满", "钱经理", "邮寄（有回执）", "2025-03-17")
    arrival = NoticeArrival.objects.get()
    assert arrival.arrived_on == date(2025, 3, 11)
    proof = client.get(reverse("admin:contract_notice_proof", args=[notice.pk]))
    assert b"".join(proof.streaming_content) == PDF  # type: ignore[attr-defined]
    alert.refresh_from_db()
    assert alert.status == AlertStatus.NOTIFIED
    has(client.post(url, data, follow=True), "送达已有记录")
    assert NoticeArrival.objects.count() == 1
    lacks(client.get(LIST, {"arrived": "no"}), [notice.number])


def test_a_wrong_arrival_is_corrected_beside_the_wrong_one(contract: Contract, client: Client) -> None:
    notice = make_notice(contract, subject=("contract.Alert", make_alert(contract).pk))
    url = reverse("admin:contract_notice_change", args=[notice.pk])
    proof = SimpleUploadedFile("回执.pdf", PDF)
    client.post(url, {"arrived_on": "2025-03-10", "means": "letter", "received_by": "门卫", "proof": proof})
    wrong = NoticeArrival.objects.get()
    has(client.get(url), "此记录有误：更正")
    right = {"arrived_on": "2025-03-12", "means": "letter", "received_by": "人事部", "corrects": wrong.pk}
    assert client.post(url, right).status_code == 200  # without its reason
    assert NoticeArrival.objects.count() == 1
    page = client.post(url, right | {"reason": "回执载明次日签收"}, follow=True)
    has(page, "2025-03-12", "人事部", "此记录有误，已另行更正", "2025-03-10", "门卫", "回执载明次日签收")
    assert notice.arrival is not None and notice.arrival.proof == wrong.proof  # the scan that was on file
    lacks(client.post(url, right | {"reason": "又一次"}, follow=True), ["又一次"])
    assert NoticeArrival.objects.count() == 2
    proofs = reverse("admin:contract_notice_proof", args=[notice.pk])
    assert client.get(proofs, {"arrival": wrong.pk}).status_code == 200
    assert client.get(proofs, {"arrival": 999999}).status_code == 404
    assert client.get(LIST, {"arrived": "yes"}).content.decode().count(notice.number) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("arrived_on", "2025-03-09", "函件于2025-03-10才出具"),
        ("arrived_on", "2025-03-13", "尚未到来"),
        ("proof", SimpleUploadedFile("x.exe", b"MZ"), "PDF、PNG"),
    ],
)
def test_an_impossible_arrival_is_refused(
    contract: Contract, client: Client, field: str, value: Any, said: str
) -> None:
    notice = make_notice(contract)
    url = reverse("admin:contract_notice_change", args=[notice.pk])
    told = {"arrived_on": "2025-03-11", "means": "letter", "received_by": "钱经理", "note": "EMS 1234"}
    has(client.post(url, told | {field: value}), said)
    assert not NoticeArrival.objects.exists()


def test_an_arrival_says_who_took_the_letter_and_what_proves_it(contract: Contract, client: Client) -> None:
    url = reverse("admin:contract_notice_change", args=[make_notice(contract).pk])
    day = {"arrived_on": "2025-03-11", "means": "letter"}
    has(client.post(url, day | {"received_by": "钱经理"}), "以何证明送达")
    assert client.post(url, day | {"note": "EMS 1234"}).status_code == 200
    assert not NoticeArrival.objects.exists()


def test_the_pdf_opens_and_an_altered_one_does_not(contract: Contract, client: Client) -> None:
    notice = make_notice(contract)
    url = reverse("admin:contract_notice_pdf", args=[notice.pk])
    assert client.get(url).content == PDF
    notice.file.storage.delete(str(notice.file.name))
    has(client.get(url, follow=True), "的文件缺失")


def test_a_correcting_letter_names_its_reason(contract: Contract, client: Client) -> None:
    alert = make_alert(contract)
    old = make_notice(contract, subject=("contract.Alert", alert.pk))
    page = client.get(reverse("admin:contract_notice_change", args=[old.pk]))
    form = client.get(letter_url(page))
    has(form, old.number, "更正原因")
    refused = client.post(form.request["PATH_INFO"], filled(form, corrects=old.pk))
    assert refused.status_code == 200 and Notice.objects.count() == 1
    data = filled(form, corrects=old.pk, reason="日期有误")
    assert client.post(form.request["PATH_INFO"], data).status_code == 302
    has(client.get(LIST), "已被代替")
    lacks(client.get(reverse("admin:contract_notice_change", args=[old.pk])), ["拟写更正函"])


def test_a_demand_and_an_event_lead_to_their_letters(contract: Contract, client: Client) -> None:
    demand = records.enter(
        ReplacementDemand(contract=contract, assignment=make_assignment(contract), reason="连续质检不合格", sent_at=AT)
    )
    event = ForceMajeureEvent(
        contract=contract,
        title="线路中断",
        description="无法接入",
        reported_by="vendor",
        occurred_on=date(2025, 3, 3),
        arrived_on=date(2025, 3, 4),
    )
    records.save(event)
    for row, expected in ((demand, "更换人员"), (event, "不可抗力复函")):
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
        form = client.get(letter_url(client.get(reverse(name, args=[row.pk]))))
        has(form, expected)


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [(STAFF, True, True), (REVIEWER, True, False), (AUDITOR, True, False), (FINANCE, False, False)],
)
def test_who_reads_and_who_writes_letters(contract: Contract, role: str, reads: bool, writes: bool) -> None:
    make_roles()
    user = member(role, contract.office)
    user.is_staff = True
    user.save()
    client = signed_in(user)
    alert, notice = make_alert(contract), make_notice(contract)
    url = reverse("admin:contract_notice_issue") + f"?subject=contract.Alert:{alert.pk}"
    assert client.get(url).status_code == (200 if writes else 403)
    change = reverse("admin:contract_notice_change", args=[notice.pk])
    assert client.get(change).status_code == (200 if reads else 403)
    if reads and not writes:
        data = {"arrived_on": "2025-03-11", "means": "letter"}
        client.post(change, data)
        assert not NoticeArrival.objects.exists()
        lacks(client.get(page_of(alert)), ["/notice/issue/"])


def test_a_vendors_person_in_the_office_pages_writes_nothing(contract: Contract) -> None:
    person = make_user(
        party=contract.vendor,
        is_staff=True,
        permissions=["contract.add_notice", "contract.view_notice", "contract.view_alert"],
    )
    client = signed_in(person)
    url = reverse("admin:contract_notice_issue")
    form = client.get(f"{url}?subject=contract.Alert:{make_alert(contract).pk}")
    assert client.post(url, filled(form)).status_code == 403
    assert not Notice.objects.exists()


def test_the_home_page_names_letters_that_nobody_has_acknowledged(contract: Contract, client: Client) -> None:
    home = reverse("admin:index")
    lacks(client.get(home), ["未确认收到的函件"])
    notice = make_notice(contract)
    has(client.get(home), "未确认收到的函件", notice.number)
