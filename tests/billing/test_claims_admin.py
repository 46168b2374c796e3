"""The office's pages for claims and acceptance sheets, used as the office uses them."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from billing.models import AcceptanceSheet, Claim, ClaimStep, Instalment
from contract.models import Contract
from contract.roles import FINANCE, REVIEWER, STAFF
from tests.billing.cases import MEMBERS, People, answered, issued, make_breach, make_claim
from tests.billing.factories import make_instalments
from tests.contract.admin_helpers import has, lacks, office_user, signed_in
from tests.factories import make_contract, make_roles, make_user
from tests.papers import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = "2025-01-20"


@pytest.fixture
def contract() -> Contract:
    contract = make_contract()
    make_instalments(contract)
    return contract


@pytest.fixture
def clerk(contract: Contract) -> Client:
    return signed_in(office_user(contract, "zhang"))


@pytest.fixture
def second(contract: Contract) -> Client:
    return signed_in(office_user(contract, "li"))


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:billing_{name}", args=args)


def test_a_claim_goes_from_the_breach_to_the_vendor(contract: Contract, clerk: Client, second: Client) -> None:
    breach = make_breach(contract)
    instalment = contract.instalments.get(sequence=1)
    form = {
        "breach": breach.pk,
        "kind": "deduction",
        "article": "13.4",
        "grounds": "到位率低",
        "instalment": instalment.pk,
    }
    assert clerk.post(url("claim_add"), form).status_code == 302
    claim = Claim.objects.get()
    page = clerk.get(url("claim_change", claim.pk))
    assert has(page, "126.31", "1395 人日", "提出索赔", "修改草稿")
    line = claim.lines.get()
    rows = {
        "article": "13.4",
        "grounds": "到位率低于 98%",
        "instalment": instalment.pk,
        "lines-TOTAL_FORMS": 2,
        "lines-INITIAL_FORMS": 1,
        "lines-0-id": line.pk,
        "lines-0-claim": claim.pk,
        "lines-0-title": line.title,
        "lines-0-quantity": "2",
        "lines-0-unit": "人日",
        "lines-0-unit_price": "126.31",
        "lines-0-calculation": "协商",
        "lines-1-id": "",
        "lines-1-claim": claim.pk,
        "lines-1-title": "另计",
        "lines-1-quantity": "1",
        "lines-1-unit": "项",
        "lines-1-unit_price": "50",
        "lines-1-calculation": "",
    }
    answer = clerk.post(url("claim_edit", claim.pk), rows)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    claim.refresh_from_db()
    assert str(claim.amount) == "302.62"
    step = {
        "do": "propose",
        "kind": "issue",
        "reason": "请复核",
        "version": claim.version,
        "amount": "",
        "instalment": "",
        "document": "",
    }
    answer = clerk.post(url("claim_change", claim.pk), step, follow=True)
    assert has(answer, "同事", "请复核")
    proposed = ClaimStep.objects.get()
    decide = {"do": "approve", "step_id": proposed.pk, "second_reason": ""}
    assert has(clerk.post(url("claim_change", claim.pk), decide, follow=True), "现在不能办理")
    assert has(second.post(url("claim_change", claim.pk), decide, follow=True), "待乙方答复")
    assert Instalment.objects.get(pk=instalment.pk).withheld_amount == claim.amount
    assert has(clerk.get(url("claim_changelist")), claim.number, "已提出，待乙方答复")


def test_what_a_step_lacks_stands_beside_its_field(contract: Contract, clerk: Client, second: Client) -> None:
    claim = answered(people := People(contract), issued(people), "disputed")
    step = {
        "do": "propose",
        "kind": "settle",
        "reason": "双方协商",
        "version": claim.version,
        "amount": "100",
        "instalment": "",
        "document": "",
    }
    assert has(clerk.post(url("claim_change", claim.pk), step), "双方签署的和解书")
    step |= {"kind": "set_off", "amount": "1"}
    assert has(clerk.post(url("claim_change", claim.pk), step), "不得抵扣")
    stale = step | {"version": claim.version - 1}
    answer = clerk.post(url("claim_change", claim.pk), stale, follow=True)
    assert has(answer, "请刷新页面后核对")


def test_evidence_and_silence_are_recorded(contract: Contract, clerk: Client, settings: Any) -> None:
    claim = issued(People(contract))
    page = url("claim_change", claim.pk)
    scan = SimpleUploadedFile("a.pdf", PDF)
    clerk.post(page, {"do": "file", "title": "考勤汇总", "file": scan})
    file = claim.files.get()
    got = clerk.get(url("claim_file", claim.pk, file.pk))
    assert b"".join(got.streaming_content) == PDF  # type: ignore[attr-defined]
    settings.DEMONSTRATION_DAY = "2025-01-14"
    assert lacks(clerk.get(page), ["记录逾期未答复"])
    settings.DEMONSTRATION_DAY = "2025-01-15"
    assert has(clerk.get(page), "不视为同意")
    assert has(clerk.post(page, {"do": "silence"}, follow=True), "已记录乙方逾期未答复")
    claim.refresh_from_db()
    assert claim.status == "silent"


def test_a_claim_of_another_office_is_not_there(contract: Contract) -> None:
    claim = make_claim(People(contract))
    stranger = signed_in(office_user(make_contract()))
    assert stranger.get(url("claim_change", claim.pk)).status_code == 302
    assert lacks(stranger.get(url("claim_changelist")), [claim.number])
    assert stranger.get(url("claim_file", claim.pk, 1)).status_code == 404


def test_roles_do_what_is_theirs(contract: Contract) -> None:
    make_roles()
    claim = make_claim(People(contract))

    def page_of(role: str) -> Any:
        user: User = make_user(party=contract.office, is_staff=True)
        user.groups.add(user.groups.model.objects.get(name=role))
        return signed_in(user).get(url("claim_change", claim.pk))

    assert has(page_of(STAFF), "下一步", "修改草稿")
    assert has(page_of(FINANCE), "下一步") and lacks(page_of(FINANCE), ["修改草稿"])
    assert lacks(page_of(REVIEWER), ["下一步", "修改草稿"])


# --- Acceptance sheets ------------------------------------------------------------------------


def test_a_period_is_accepted_step_by_step(contract: Contract, clerk: Client) -> None:
    make_breach(contract)
    instalment = contract.instalments.get(sequence=1)
    answer = clerk.post(url("acceptancesheet_add"), {"instalment": instalment.pk, "scheme": ""})
    sheet = AcceptanceSheet.objects.get()
    assert answer.url == url("acceptancesheet_edit", sheet.pk)
    rows: dict[str, Any] = {
        "scheme": "",
        "group_opinion": "建议验收合格",
        "members-TOTAL_FORMS": 3,
        "members-INITIAL_FORMS": 0,
    }
    for number, member in enumerate(MEMBERS):
        rows |= {f"members-{number}-{key}": value for key, value in member.items()}
    assert clerk.post(url("acceptancesheet_edit", sheet.pk), rows).status_code == 302
    page = url("acceptancesheet_change", sheet.pk)
    assert has(clerk.get(page), "郑专家", "97.92%", "已认定违约 1 项", "记录验收组意见")
    assert has(clerk.post(page, {"do": "conclude"}, follow=True), "采购人决定")
    decide = {"do": "decide", "result": "passed", "accepted_on": "2025-01-19", "purchaser_opinion": "同意"}
    assert has(clerk.post(page, decide), "2025-01-20")
    decide |= {"accepted_on": "2025-01-20"}
    assert has(clerk.post(page, decide, follow=True), "待乙方确认", "已固定")
    sheet.refresh_from_db()
    assert sheet.acceptance is not None and sheet.acceptance.accepted_on == date(2025, 1, 20)
    assert has(clerk.get(url("acceptancesheet_changelist")), sheet.number)
    printed = clerk.get(url("acceptancesheet_pdf", sheet.pk))
    assert printed["Content-Type"] == "application/pdf" and printed.content.startswith(b"%PDF")


def test_a_group_that_is_not_complete_is_told_why(contract: Contract, clerk: Client) -> None:
    instalment = contract.instalments.get(sequence=1)
    clerk.post(url("acceptancesheet_add"), {"instalment": instalment.pk, "scheme": ""})
    sheet = AcceptanceSheet.objects.get()
    page = url("acceptancesheet_change", sheet.pk)
    assert has(clerk.post(page, {"do": "conclude"}, follow=True), "至少需要3人", "缺少验收组意见")
    again = clerk.post(url("acceptancesheet_add"), {"instalment": instalment.pk, "scheme": ""})
    assert has(again, "zhang")
