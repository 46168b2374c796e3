"""Letters of the office: frozen, numbered without gaps, the clock running from their arrival."""

import re
import threading
import uuid
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import connection
from pypdf import PdfReader

from contract import records
from contract.choices import AlertStatus, ExcuseCause, Outcome
from contract.delivery.choices import Event
from contract.delivery.models import OutboxMessage
from contract.duties.models import ForceMajeureEvent
from contract.letters.choices import NoticeKind, NoticeMeans
from contract.letters.models import LetterHead, Notice, NoticeArrival
from contract.letters.services import notices
from contract.letters.services.arrivals import correct_arrival, record_arrival
from contract.letters.services.notices import Writing, issue_notice, preview_notice
from contract.models import Alert, Contract, Excuse, Membership
from kit.errors import Conflict
from kit.files.documents import CannotPrint, facts_hash
from kit.files.storage import DocumentAltered
from staffing.models import ReplacementDemand
from staffing.services import demands
from tests.contract.admin_helpers import make_alert, office_user
from tests.factories import make_assignment, make_contract, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_print")]
AT = datetime(2025, 3, 10, 1, tzinfo=UTC)
DAY = date(2025, 3, 10)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def contract() -> Contract:
    return make_contract(title="12345 政务服务便民热线话务服务合同", vendor_agent="钱经理", signed_on=date(2024, 9, 29))


@pytest.fixture
def clerk(contract: Contract) -> User:
    return office_user(contract, "clerk")


def about(alert: Alert) -> tuple[tuple[str, int], ...]:
    return (("contract.Alert", alert.pk),)


def issue(contract: Contract, actor: User, kind: NoticeKind = NoticeKind.EXPLANATION, **fields: Any) -> Notice:
    subjects = fields.pop("subjects", None) or about(
        make_alert(contract, key=f"k{Alert.objects.count()}", measured="", required="")
    )
    on = fields.pop("on", DAY)
    token = fields.pop("token", None)
    return issue_notice(
        contract=contract, writing=Writing(kind, subjects, **fields), actor=actor, at=AT, on=on, token=token
    )


def text_of(content: bytes) -> str:
    """The words of all pages, without what stands below each of them."""
    pages = PdfReader(BytesIO(content)).pages
    words = ("".join(page.extract_text().split()) for page in pages)
    return "".join(re.sub(r"(校验码[0-9a-f]{16})?—\d+—$", "", text) for text in words)


# --- The document -----------------------------------------------------------------------------


@pytest.mark.printed
def test_a_letter_reads_as_an_official_document(contract: Contract, clerk: User) -> None:
    records.enter(LetterHead(contract=contract, prefix="三政热函", contact="陈经办"))
    notice = issue(contract, clerk, NoticeKind.BACKFILL, extra="请同时报送备员名单。")
    assert notice.number == "三政热函〔2025〕1号"
    content = notices.read_notice(notice)
    for page in PdfReader(BytesIO(content)).pages:
        assert f"校验码 {notice.facts_sha256[:16]}" in page.extract_text()
    text = text_of(content)
    for words in (
        contract.office.name,
        "三政热函〔2025〕1号",
        "关于限期补足人员的函",
        f"{contract.vendor.name}（钱经理收）：",
        "2024年9月29日",
        "《12345政务服务便民热线话务服务合同》",
        contract.number,
        "一、有关情况",
        "缺岗逾期未补。",
        "截至2025年3月3日在案的记录",
        "二、合同约定和法律依据",
        "合同第13.4条",
        "《中华人民共和国民法典》第五百零九条、第五百七十七条",
        "三、有关要求",
        "自收到本函之日起5日内补足人员",
        "由贵公司自行决定",
        "四、其他事项",
        "请同时报送备员名单。",
        "特此函告。",
        "（盖章）",
        "2025年3月10日",
        "联系人：陈经办",
    ):
        assert words in text, words


@pytest.mark.printed
def test_it_is_archival_and_its_bytes_are_those_of_its_facts(contract: Contract, clerk: User) -> None:
    notice = issue(contract, clerk)
    content = notices.read_notice(notice)
    assert sha256(content).hexdigest() == notice.pdf_sha256
    assert facts_hash(notice.facts) == notice.facts_sha256
    assert notices._render(notice.facts) == content
    metadata = PdfReader(BytesIO(content)).root_object["/Metadata"].get_object()
    assert b'pdfaid:part="2"' in metadata.get_data()  # type: ignore[attr-defined]


@pytest.mark.printed
def test_what_people_write_is_printed_and_not_interpreted(contract: Contract, clerk: User) -> None:
    notice = issue(contract, clerk, extra="<b>甲</b> & <img src='file:///etc/passwd'>")
    assert "<b>甲</b>&<imgsrc='file:///etc/passwd'>" in text_of(notices.read_notice(notice))


@pytest.mark.printed
def test_a_draft_keeps_nothing_and_says_so(contract: Contract, clerk: User) -> None:
    alert = make_alert(contract)
    writing = Writing(NoticeKind.EXPLANATION, about(alert))
    content = preview_notice(contract=contract, writing=writing, actor=clerk, on=DAY)
    assert "草稿，未出具" in text_of(content)
    assert not Notice.objects.exists() and not OutboxMessage.objects.exists()


def test_an_altered_file_is_not_handed_out(contract: Contract, clerk: User) -> None:
    notice = issue(contract, clerk)
    with default_storage.open(str(notice.file.name), "wb") as file:
        file.write(b"%PDF-1.7 something else")
    with pytest.raises(DocumentAltered, match="已被改动"):
        notices.read_notice(notice)


def test_a_letter_is_never_changed_nor_deleted(contract: Contract, clerk: User) -> None:
    notice = issue(contract, clerk)
    notice.title = "另一个标题"
    with pytest.raises(TypeError):
        notice.save()
    with pytest.raises(TypeError):
        notice.delete()


def test_a_printed_sentence_has_chinese_days_and_no_blanks_around_figures() -> None:
    from contract.letters.rules import sentence_of

    said = sentence_of("自 2025-09-08 起缺岗，至今未补足，已超过期限 2025-09-23 共 7 日")
    assert said == "自2025年9月8日起缺岗，至今未补足，已超过期限2025年9月23日共7日。"
    assert sentence_of("Office 软件 2 项。") == "Office 软件2项。"


# --- Numbers ----------------------------------------------------------------------------------


def test_numbers_run_without_gaps_in_a_contracts_year(contract: Contract, clerk: User) -> None:
    issue(contract, clerk, on=date(2024, 12, 30))
    with pytest.raises(ValidationError):
        issue(contract, clerk, days=0)
    issue(contract, clerk)
    issue(contract, clerk)
    other = make_contract()
    issue(other, office_user(other, "other"))
    mine = Notice.objects.filter(contract=contract).order_by("pk")
    assert [(row.year, row.ordinal) for row in mine] == [(2024, 1), (2025, 1), (2025, 2)]
    assert len({row.number for row in Notice.objects.all()}) == 4


def test_a_letter_that_cannot_be_printed_uses_no_number(
    contract: Contract, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> bytes:
        raise CannotPrint("no font")

    alert = make_alert(contract)
    with monkeypatch.context() as patch, pytest.raises(ValidationError):
        patch.setattr(notices, "render_document", broken)
        issue(contract, clerk, subjects=about(alert))
    assert issue(contract, clerk, subjects=about(alert)).ordinal == 1


def test_the_same_form_sent_twice_is_one_letter(contract: Contract, clerk: User) -> None:
    alert, token = make_alert(contract), uuid.uuid4()
    first = issue(contract, clerk, subjects=about(alert), token=token)
    assert issue(contract, clerk, subjects=about(alert), token=token) == first
    assert Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_letters_written_at_once_get_different_numbers(contract: Contract, clerk: User) -> None:
    alerts = [make_alert(contract, key=f"k{n}") for n in range(4)]
    start, wrong = threading.Barrier(4), []

    def write(alert: Alert) -> None:
        try:
            start.wait()
            issue(contract, clerk, subjects=about(alert))
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[alert]) for alert in alerts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert sorted(Notice.objects.values_list("ordinal", flat=True)) == [1, 2, 3, 4]


# --- Which letter about what --------------------------------------------------------------------


def test_a_letter_about_the_offices_own_duty_is_refused(contract: Contract, clerk: User) -> None:
    alert = make_alert(contract, owed_by="office")
    with pytest.raises(ValidationError) as refused:
        issue(contract, clerk, subjects=about(alert))
    assert "kind" in refused.value.message_dict


@pytest.mark.parametrize("status", ["cured", "dismissed", "waived", "excused"])
def test_nothing_is_asked_about_what_is_settled(contract: Contract, clerk: User, status: str) -> None:
    alert = make_alert(contract, status=status)
    with pytest.raises(ValidationError):
        issue(contract, clerk, subjects=about(alert))


@pytest.mark.printed
def test_a_termination_is_announced_on_a_confirmed_breach_only(contract: Contract, clerk: User) -> None:
    alert = make_alert(
        contract,
        clause_ref="19",
        check_id="contract.subcontracting",
        figures={"refund": "522933.33", "damages": "209173.33"},
    )
    with pytest.raises(ValidationError):
        issue(contract, clerk, NoticeKind.TERMINATION, subjects=about(alert))
    Alert.objects.update(status=AlertStatus.CONFIRMED)
    notice = issue(contract, clerk, NoticeKind.TERMINATION, subjects=about(alert))
    text = text_of(notices.read_notice(notice))
    for words in (
        "关于拟解除合同的事先告知函",
        "第五百六十二条、第五百六十五条",
        "不产生解除合同的效力",
        "退还已支付费用人民币522,933.33元（大写：伍拾贰万贰仟玖佰叁拾叁元叁角叁分）",
        "支付违约金人民币209,173.33元（大写：贰拾万玖仟壹佰柒拾叁元叁角叁分）",
    ):
        assert words in text, words


def test_records_of_another_contract_do_not_exist(contract: Contract, clerk: User) -> None:
    with pytest.raises(ValidationError):
        issue(contract, clerk, subjects=about(make_alert(make_contract())))


def test_records_that_no_app_has_named_are_refused(contract: Contract, clerk: User) -> None:
    with pytest.raises(ValidationError):
        issue(contract, clerk, subjects=(("auth.User", clerk.pk),))
    with pytest.raises(ValidationError):
        preview_notice(contract=contract, writing=Writing(NoticeKind.DEMAND, ()), actor=clerk, on=DAY)


@pytest.mark.printed
def test_one_letter_is_about_several_alerts(contract: Contract, clerk: User) -> None:
    subjects = tuple(about(make_alert(contract, key=f"k{n}"))[0] for n in range(3))
    notice = issue(contract, clerk, NoticeKind.DEMAND, subjects=subjects)
    assert notice.subjects.count() == 3
    text = text_of(notices.read_notice(notice))
    assert "（一）" in text and "（三）" in text


@pytest.mark.parametrize(("days", "fine"), [(4, False), (5, True), (60, True), (61, False)])
def test_the_time_to_answer_is_never_shorter_than_the_policy(
    contract: Contract, clerk: User, days: int, fine: bool
) -> None:
    if fine:
        assert issue(contract, clerk, days=days).days == days
    else:
        with pytest.raises(ValidationError) as refused:
            issue(contract, clerk, days=days)
        assert "days" in refused.value.message_dict


@pytest.mark.printed
def test_a_correcting_letter_names_the_one_it_replaces(contract: Contract, clerk: User) -> None:
    alert = make_alert(contract)
    old = issue(contract, clerk, subjects=about(alert))
    with pytest.raises(ValidationError):  # without its reason
        issue(contract, clerk, subjects=about(alert), corrects=old)
    new = issue(contract, clerk, subjects=about(alert), corrects=old, reason="日期有误")
    assert (new.ordinal, new.corrects) == (2, old)
    assert f"本函更正并代替{old.number}" in text_of(notices.read_notice(new))
    with pytest.raises(Conflict):
        issue(contract, clerk, subjects=about(alert), corrects=old, reason="又有误")


def test_only_the_office_writes_letters(contract: Contract) -> None:
    alert = make_alert(contract)
    vendor = make_user(party=contract.vendor, permissions=["contract.add_notice"])
    reader = make_user(party=contract.office, permissions=["contract.view_notice"])
    for person in (vendor, reader):
        with pytest.raises(PermissionDenied):
            issue(contract, person, subjects=about(alert))


# --- Arrival ----------------------------------------------------------------------------------


def arrive(notice: Notice, actor: User, day: date = DAY, **fields: Any) -> NoticeArrival:
    return record_arrival(
        notice=notice,
        arrived_on=day,
        means=NoticeMeans.LETTER,
        actor=actor,
        at=AT,
        on=fields.pop("on", date(2025, 3, 14)),
        **fields,
    )


def test_the_time_runs_from_the_arrival_and_rolls_off_a_rest_day(contract: Contract, clerk: User) -> None:
    arrival = arrive(issue(contract, clerk), clerk)  # Monday; five days later is a Saturday
    assert (arrival.nominal_due_on, arrival.legal_due_on) == (date(2025, 3, 15), date(2025, 3, 17))


def test_the_arrival_tells_the_vendor_of_the_alert(contract: Contract, clerk: User) -> None:
    alert = make_alert(contract)
    notice = issue(contract, clerk, subjects=about(alert), days=10)
    arrive(notice, clerk, date(2025, 3, 11))
    alert.refresh_from_db()
    assert (alert.status, alert.notified_on) == (AlertStatus.NOTIFIED, date(2025, 3, 11))
    assert alert.answer_due_on == date(2025, 3, 21)  # the ten days of the letter, not the five
    told = alert.notifications.get()
    assert (told.means, told.document, told.source_label, told.source_pk) == (
        "notice",
        notice.number,
        "contract.Notice",
        notice.pk,
    )


def test_a_short_letter_does_not_shorten_the_time_to_answer(contract: Contract, clerk: User) -> None:
    alert = make_alert(contract)
    arrive(issue(contract, clerk, NoticeKind.DEMAND, subjects=about(alert), days=1), clerk)
    alert.refresh_from_db()
    assert alert.answer_due_on == date(2025, 3, 17)


def test_an_alert_that_was_told_already_keeps_its_clock(contract: Contract, clerk: User) -> None:
    alert = make_alert(contract)
    arrive(issue(contract, clerk, subjects=about(alert)), clerk)
    second = issue(contract, clerk, NoticeKind.DEMAND, subjects=about(alert))
    arrive(second, clerk, date(2025, 3, 13))
    alert.refresh_from_db()
    assert alert.notified_on == DAY


def test_an_alert_cured_in_between_is_not_opened(contract: Contract, clerk: User) -> None:
    alert = make_alert(contract)
    notice = issue(contract, clerk, subjects=about(alert))
    Alert.objects.update(status=AlertStatus.CURED, outcome=Outcome.MET)
    arrive(notice, clerk)
    alert.refresh_from_db()
    assert alert.status == AlertStatus.CURED


def test_the_arrival_is_recorded_once_and_never_before_the_letter(contract: Contract, clerk: User) -> None:
    notice = issue(contract, clerk)
    for day in (date(2025, 3, 9), date(2025, 3, 15)):
        with pytest.raises(ValidationError) as refused:
            arrive(notice, clerk, day)
        assert "arrived_on" in refused.value.message_dict
    arrive(notice, clerk)
    with pytest.raises(Conflict, match="2025-03-10"):
        arrive(notice, clerk)


class TestAWrongArrival:
    """Civil Code 137: a letter counts from its arrival, so a wrong day is put right, beside the wrong record."""

    def corrected(self, arrival: NoticeArrival, actor: User, day: date, **fields: Any) -> NoticeArrival:
        return correct_arrival(
            arrival=arrival,
            reason=fields.pop("reason", "回执载明次日签收"),
            arrived_on=day,
            means=NoticeMeans.LETTER,
            actor=actor,
            at=AT,
            on=date(2025, 3, 14),
            **fields,
        )

    def test_the_right_one_counts_and_the_wrong_one_stays(self, contract: Contract, clerk: User) -> None:
        notice = issue(contract, clerk)
        wrong = arrive(notice, clerk, received_by="门卫")
        right = self.corrected(wrong, clerk, date(2025, 3, 12), received_by="人事部")
        assert notice.arrival == right and list(notice.arrivals.all()) == [right, wrong]
        assert (right.corrects, right.legal_due_on) == (wrong, date(2025, 3, 17))
        assert wrong.arrived_on == DAY and wrong.received_by == "门卫"
        again = self.corrected(right, clerk, date(2025, 3, 13), reason="再次核对")
        assert Notice.objects.get().arrival == again

    def test_the_time_to_answer_follows(self, contract: Contract, clerk: User) -> None:
        alert = make_alert(contract)
        notice = issue(contract, clerk, subjects=about(alert), days=10)
        self.corrected(arrive(notice, clerk, date(2025, 3, 11)), clerk, date(2025, 3, 13))
        alert.refresh_from_db()
        assert (alert.notified_on, alert.answer_due_on) == (date(2025, 3, 13), date(2025, 3, 24))  # the 23rd: Sunday
        wrong, right = alert.notifications.order_by("pk")
        assert (right.corrects, right.correction_reason, right.source_pk) == (wrong, "回执载明次日签收", notice.pk)

    def test_once_the_vendor_has_answered_the_day_stays_and_nothing_is_written(
        self, contract: Contract, clerk: User
    ) -> None:
        alert = make_alert(contract)
        notice = issue(contract, clerk, subjects=about(alert))
        wrong = arrive(notice, clerk, date(2025, 3, 11))
        Alert.objects.update(status=AlertStatus.ANSWERED)
        with pytest.raises(ValidationError):
            self.corrected(wrong, clerk, date(2025, 3, 12))
        assert notice.arrivals.get() == wrong and alert.notifications.count() == 1
        # Who took it, and the proof, may still be put right.
        assert self.corrected(wrong, clerk, date(2025, 3, 11), received_by="人事部").received_by == "人事部"
        assert alert.notifications.count() == 1

    def test_an_alert_that_another_letter_told_keeps_its_day(self, contract: Contract, clerk: User) -> None:
        alert = make_alert(contract)
        arrive(issue(contract, clerk, subjects=about(alert)), clerk)
        second = issue(contract, clerk, NoticeKind.DEMAND, subjects=about(alert))
        self.corrected(arrive(second, clerk, date(2025, 3, 11)), clerk, date(2025, 3, 13))
        alert.refresh_from_db()
        assert alert.notified_on == DAY

    def test_the_time_to_replace_follows_also_where_it_is_over(self, contract: Contract, clerk: User) -> None:
        demand = records.enter(
            ReplacementDemand(contract=contract, assignment=make_assignment(contract), reason="不胜任", sent_at=AT)
        )
        subjects = (("staffing.ReplacementDemand", demand.pk),)
        wrong = arrive(issue(contract, clerk, NoticeKind.REPLACEMENT, subjects=subjects), clerk, date(2025, 3, 11))
        self.corrected(wrong, clerk, date(2025, 3, 13))
        demand.refresh_from_db()
        assert demand.arrived_at == datetime(2025, 3, 12, 16, tzinfo=UTC)  # the 13th in Beijing

    def test_a_demand_that_arrived_another_way_keeps_its_day(self, contract: Contract, clerk: User) -> None:
        demand = records.enter(
            ReplacementDemand(contract=contract, assignment=make_assignment(contract), reason="不胜任", sent_at=AT)
        )
        demands.arrive(demand, arrived_at=datetime(2025, 3, 10, 9, tzinfo=UTC))
        subjects = (("staffing.ReplacementDemand", demand.pk),)
        wrong = arrive(issue(contract, clerk, NoticeKind.REPLACEMENT, subjects=subjects), clerk, date(2025, 3, 11))
        self.corrected(wrong, clerk, date(2025, 3, 13))
        demand.refresh_from_db()
        assert demand.arrived_at == datetime(2025, 3, 10, 9, tzinfo=UTC)

    def test_it_has_a_reason_is_the_offices_and_is_done_once(self, contract: Contract, clerk: User) -> None:
        notice = issue(contract, clerk)
        wrong = arrive(notice, clerk)
        vendor = make_user(party=contract.vendor, permissions=["contract.add_noticearrival", "contract.add_notice"])
        with pytest.raises(ValidationError) as refused:
            self.corrected(wrong, clerk, date(2025, 3, 12), reason=" ")
        assert "reason" in refused.value.message_dict
        with pytest.raises(PermissionDenied):
            self.corrected(wrong, vendor, date(2025, 3, 12))
        for day in (date(2025, 3, 9), date(2025, 3, 15)):
            with pytest.raises(ValidationError):
                self.corrected(wrong, clerk, day)
        self.corrected(wrong, clerk, date(2025, 3, 12))
        with pytest.raises(Conflict):
            self.corrected(wrong, clerk, date(2025, 3, 13))
        assert notice.arrivals.count() == 2


@pytest.mark.printed
def test_a_demand_to_replace_arrives_with_its_letter(contract: Contract, clerk: User) -> None:
    assignment = make_assignment(contract)
    demand = records.enter(
        ReplacementDemand(contract=contract, assignment=assignment, reason="连续两月质检不合格", sent_at=AT)
    )
    notice = issue(contract, clerk, NoticeKind.REPLACEMENT, subjects=(("staffing.ReplacementDemand", demand.pk),))
    text = text_of(notices.read_notice(notice))
    for words in (
        "关于要求更换人员的函",
        "合同第12.2条",
        assignment.operator.name,
        "连续两月质检不合格",
        "3日内更换",
        "不对其作出任何指令",
    ):
        assert words in text, words
    arrive(notice, clerk, date(2025, 3, 11))
    demand.refresh_from_db()
    assert demand.arrived_at == datetime(2025, 3, 10, 16, tzinfo=UTC)  # the 11th in Beijing
    arrival = notice.arrival
    assert arrival.legal_due_on == date(2025, 3, 14)


def test_a_replacement_letter_gives_the_days_of_the_contract(contract: Contract, clerk: User) -> None:
    demand = records.enter(
        ReplacementDemand(contract=contract, assignment=make_assignment(contract), reason="x", sent_at=AT)
    )
    subjects = (("staffing.ReplacementDemand", demand.pk),)
    with pytest.raises(ValidationError):
        issue(contract, clerk, NoticeKind.REPLACEMENT, subjects=subjects, days=5)
    demands.withdraw(demand, on=DAY)
    with pytest.raises(ValidationError):
        issue(contract, clerk, NoticeKind.REPLACEMENT, subjects=subjects)


@pytest.mark.printed
def test_a_reply_on_force_majeure_asks_for_the_proof_that_is_missing(contract: Contract, clerk: User) -> None:
    event = ForceMajeureEvent(
        contract=contract,
        title="通信线路中断",
        description="话务平台无法接入。",
        occurred_on=date(2025, 3, 3),
        reported_by="vendor",
        arrived_on=date(2025, 3, 5),
    )
    records.save(event)
    subjects = (("contract.ForceMajeureEvent", event.pk),)
    notice = issue(contract, clerk, NoticeKind.FORCE_MAJEURE, subjects=subjects)
    text = text_of(notices.read_notice(notice))
    for words in ("关于不可抗力情形的复函", "合同第16条", "第五百九十条", "尚未收到有关部门的证明", "特此函复。"):
        assert words in text, words


@pytest.mark.printed
def test_a_reply_on_force_majeure_says_no_more_than_two_people_have_decided(contract: Contract, clerk: User) -> None:
    """合同第16条: what is excused is decided by two people, not by a letter."""
    event = ForceMajeureEvent(
        contract=contract,
        title="洪水",
        description="道路中断。",
        occurred_on=date(2025, 3, 1),
        ended_on=date(2025, 3, 3),
        reported_by="vendor",
        arrived_on=date(2025, 3, 2),
        proof_document="汛情证明",
        proof_issuer="示例市应急管理局",
        proof_arrived_on=date(2025, 3, 2),
    )
    records.save(event)
    excuse = Excuse.objects.create(
        contract=contract,
        cause=ExcuseCause.FORCE_MAJEURE,
        event=event,
        check_id="staffing.backfill",
        subject_label="contract.Contract",
        subject_pk=contract.pk,
        subject_name="示例缺岗",
        from_on=date(2025, 3, 1),
        reason="道路中断",
        proposed_by=clerk,
    )
    subjects = (("contract.ForceMajeureEvent", event.pk),)
    waiting = text_of(notices.read_notice(issue(contract, clerk, NoticeKind.FORCE_MAJEURE, subjects=subjects)))
    assert "不承担违约责任" not in waiting and "另行书面答复" in waiting
    excuse.approved_by, excuse.approved_on = make_user("second", party=contract.office), DAY
    excuse.save()
    decided = text_of(notices.read_notice(issue(contract, clerk, NoticeKind.FORCE_MAJEURE, subjects=subjects)))
    assert "示例缺岗" in decided and "自2025年3月1日起至2025年3月3日" in decided and "不承担违约责任" in decided


# --- The outbox -------------------------------------------------------------------------------


def test_the_vendors_people_get_the_letter_by_mail_with_its_pdf(contract: Contract, clerk: User) -> None:
    from django.core import mail

    from contract.delivery.services import outbox
    from tests.contract.test_outbox import Clock

    for number, address in enumerate(["qian@example.com", "sun@example.com", ""]):
        make_user(f"v{number}", party=contract.vendor, email=address)
    gone = make_user("gone", party=contract.vendor, email="gone@example.com", is_active=False)
    make_user("office", party=contract.office, email="office@example.com")
    assert Membership.objects.filter(user=gone).exists()
    notice = issue(contract, clerk)
    outbox.deliver_due(now=Clock(AT))
    assert sorted(message.to[0] for message in mail.outbox) == ["qian@example.com", "sun@example.com"]
    sent = mail.outbox[0]
    assert notice.number in sent.subject and "自收到本函之日起5日内" in sent.body
    _name, content, kind = sent.attachments[0]
    assert content == notices.read_notice(notice) and kind == "application/pdf"
    assert "http" not in sent.body


def test_webhooks_are_told_that_a_letter_is_issued_and_has_arrived(
    contract: Contract, clerk: User, settings: Any
) -> None:
    from tests.contract.test_webhooks import make_endpoint

    settings.WEBHOOK_ALLOWED = "hooks.example.cn"
    make_endpoint(contract, "https://hooks.example.cn/x")
    notice = issue(contract, clerk)
    arrive(notice, clerk)
    told = {row.kind: row for row in OutboxMessage.objects.all()}
    assert {Event.NOTICE_ISSUED, Event.NOTICE_ARRIVED} <= set(told)
    assert told[Event.NOTICE_ISSUED].payload["data"]["notice"]["number"] == notice.number
    assert told[Event.NOTICE_ARRIVED].payload["data"]["due_on"] == "2025-03-17"
    assert OutboxMessage.objects.filter(kind=Event.ALERT_NOTIFIED).count() == 1
