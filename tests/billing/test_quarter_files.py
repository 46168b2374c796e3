"""The quarterly file: one click, a job, whole or not at all, the same for the same facts."""

import io
import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from billing import services, tasks
from billing.documents import quarter_file
from billing.documents.quarter_file import STEPS, Assembled, assemble
from billing.models import QuarterFile, Statement
from billing.services import quarter_files
from billing.services.quarter_files import _claim, _finish
from billing.services.statements import read_statement
from billing.states import ClaimStepKind, FileStatus
from kit import clock
from kit.errors import Conflict
from tests.billing.cases import take_step
from tests.billing.concurrency import at_once
from tests.billing.factories import FINANCE, make_instalments, make_payment
from tests.billing.files import AS_OF, Quarter
from tests.contract.admin_helpers import has, office_user, signed_in
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db
MADE = Assembled(b"PK made", b"%PDF made", 3)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    settings.DEMONSTRATION_DAY = AS_OF.isoformat()
    return tmp_path


@pytest.fixture
def quick(quick_print: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of twenty seconds of printing."""

    def quickly(facts: Any, *, progress: Any, **_more: Any) -> Assembled:
        progress(1)
        return MADE

    monkeypatch.setattr(quarter_files, "assemble", quickly)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("quarter-files/**/*") if path.is_file())


# --- Asking -----------------------------------------------------------------------------------


def test_what_is_missing_is_named_with_who_owes_it() -> None:
    row = make_instalments()[0]
    finance = make_user(party=row.contract.office, permissions=[*FINANCE, "billing.add_quarterfile"])
    with pytest.raises(ValidationError) as error:
        services.request_file(instalment=row, actor=finance, at=clock.now(), as_of=AS_OF)
    assert "发票" in error.value.messages[0] and "验收" in error.value.messages[0]
    assert not Statement.objects.exists()


def test_one_click_issues_the_statement_too_and_a_second_gets_the_same_file(quick: None) -> None:
    quarter = Quarter()
    file = quarter.ask()
    assert file.number == f"CL-{quarter.contract.number}-2024Q4-01"
    assert file.statement == Statement.objects.get()
    assert quarter.ask() == file
    assert QuarterFile.objects.count() == 1


def test_changed_facts_need_a_reason_and_the_new_file_names_the_earlier(quick: None) -> None:
    quarter = Quarter()
    file = quarter.make()
    make_payment(quarter.instalment, date(2025, 1, 18))
    with pytest.raises(ValidationError):
        quarter.ask()
    with pytest.raises(ValidationError):
        quarter.ask(replaces=file, reason=" ")
    later = quarter.make(replaces=file, reason="已付款")
    assert later.number.endswith("-02") and later.replaces == file
    assert later.facts["document"]["replaces"]["facts_sha256"] == file.facts_sha256
    with pytest.raises(Conflict):
        quarter.ask(replaces=file, reason="再次")
    assert services.read_file(file, "pdf") == MADE.pdf  # the earlier one stays


def test_the_vendor_and_who_has_no_permission_ask_for_none(quick: None) -> None:
    quarter = Quarter()
    vendor = make_user(party=quarter.contract.vendor, permissions=[*FINANCE, "billing.add_quarterfile"])
    for actor in (vendor, make_user(party=quarter.contract.office)):
        with pytest.raises(PermissionDenied):
            quarter.ask(actor=actor)


def test_only_the_undisputed_part_is_applied_for_and_the_difference_is_explained(quick: None) -> None:
    quarter = Quarter(disputed=True)
    facts = quarter.ask().facts
    sums = facts["application"]
    assert (sums["applied"], sums["withheld"]) == ("522807.02", "126.31")
    assert sums["applied_in_capitals"] == "伍拾贰万贰仟捌佰零柒元零贰分"
    (claim,) = facts["claims"]
    assert claim["lines"][0]["answer_reason"] == "单价依据不足"
    assert any("126.31" in row["explanation"] for row in facts["differences"])


def test_nothing_differs_where_everything_agrees(quick: None) -> None:
    quarter = Quarter()
    sheet = quarter.instalment.sheets.get()
    services.answer_sheet(sheet=sheet, confirm=True, opinion="", actor=quarter.people.vendor, on=AS_OF)
    assert quarter.ask().facts["differences"] == []


# --- Making -----------------------------------------------------------------------------------


def test_a_file_is_ready_only_when_both_of_it_are_written_and_read_back(quick: None, media: Path) -> None:
    file = Quarter().make()
    assert (file.status, file.done, file.pages) == (FileStatus.READY, STEPS, 3)
    assert file.pdf_sha256 == sha256(MADE.pdf).hexdigest()
    assert len(files_in(media)) == 2


def test_what_cannot_be_written_leaves_nothing_behind(
    quick: None, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = quarter_files.default_storage.save

    def full(name: str, content: Any, **more: Any) -> Any:
        """The ZIP still fits, the PDF does not."""
        if name.startswith("quarter-files") and name.endswith(".pdf"):
            raise OSError("no space left on device")
        return save(name, content, **more)

    monkeypatch.setattr(quarter_files.default_storage, "save", full)
    file = Quarter().make()
    assert (file.status, file.error) == (FileStatus.FAILED, "no space left on device")
    assert files_in(media) == []
    with pytest.raises(ValidationError):
        services.read_file(file, "pdf")


def test_a_failed_file_is_made_by_the_next_click(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    quarter = Quarter()
    with monkeypatch.context() as patch:
        patch.setattr(quarter_files, "assemble", lambda *a, **k: 1 / 0)
        assert quarter.make().status == FileStatus.FAILED
    assert quarter.make().is_ready


def test_a_file_that_was_altered_is_not_handed_out(quick: None, media: Path) -> None:
    file = Quarter().make()
    (media / str(file.pdf.name)).write_bytes(b"%PDF other")
    with pytest.raises(ValidationError) as error:
        services.read_file(file, "pdf")
    assert file.pdf_sha256 in error.value.messages[0]
    assert services.read_file(file, "bundle") == MADE.bundle


def test_a_killed_job_is_found_and_done_again_and_its_ghost_writes_nothing(
    quick: None, media: Path, settings: Any
) -> None:
    file = Quarter().ask()
    died_at = clock.now() - timedelta(seconds=settings.QUARTER_FILE_DEAD_AFTER + 1)
    assert _claim(file, "ghost", died_at)
    file.refresh_from_db()
    assert not services.make_file(file, clock.now)  # it seems to be under way
    assert tasks.watch_quarter_files() == [file.number]
    file.refresh_from_db()
    assert file.is_ready and file.attempts == 2
    before = files_in(media)
    with pytest.raises(quarter_files.Lost):
        _finish(file, "ghost", MADE, clock.now)
    assert files_in(media) == before


def test_a_job_that_shows_signs_of_life_is_left_alone(quick: None) -> None:
    file = Quarter().ask()
    assert _claim(file, "alive", clock.now())
    assert services.requeue_dead_files(clock.now()) == []


def test_a_file_whose_jobs_always_die_is_given_up_with_a_word(quick: None, settings: Any) -> None:
    file = Quarter().ask()
    QuarterFile.objects.filter(pk=file.pk).update(attempts=2)
    file.refresh_from_db()
    assert _claim(file, "x", clock.now() - timedelta(hours=1))
    services.requeue_dead_files(clock.now())
    file.refresh_from_db()
    assert file.status == FileStatus.FAILED and "3" in file.error


def test_no_more_are_made_at_once_than_there_are_slots(quick: None, settings: Any) -> None:
    settings.QUARTER_FILES_AT_ONCE = 2
    asked = [Quarter(name=f"n{number}").ask() for number in range(3)]
    assert [_claim(file, f"t{file.pk}", clock.now()) for file in asked] == [True, True, False]


@pytest.mark.django_db(transaction=True)
def test_of_four_jobs_at_once_one_makes_the_file(quick: None) -> None:
    file = Quarter().ask()
    results = at_once([lambda: services.make_file(file, clock.now) for _ in range(4)])
    assert sorted(results) == [False, False, False, True], results
    file.refresh_from_db()
    assert file.is_ready and file.attempts == 1


# --- The documents themselves -----------------------------------------------------------------


@pytest.fixture(scope="module")
def shared() -> dict[str, Any]:
    return {}


def printed(shared: dict[str, Any]) -> dict[str, Any]:
    """One disputed quarter, printed for real; twice, to compare."""
    if not shared:
        quarter = Quarter(disputed=True)
        file = quarter.ask()
        statement = read_statement(file.statement)
        attachments = {"发票.pdf": b"%PDF-1.7 invoice"}
        made = [assemble(file.facts, statement=statement, attachments=attachments) for _ in range(2)]
        shared |= {"made": made, "facts": file.facts, "statement": statement}
    return shared


def test_equal_facts_give_equal_bytes(shared: dict[str, Any]) -> None:
    one, two = printed(shared)["made"]
    assert one.pdf == two.pdf and one.bundle == two.bundle


def test_the_zip_holds_every_document_and_its_sums_are_right(shared: dict[str, Any]) -> None:
    archive = zipfile.ZipFile(io.BytesIO(printed(shared)["made"][0].bundle))
    names = archive.namelist()
    for words in (
        "付款申请",
        "服务费结算单",
        "履约验收单",
        "考核评分表",
        "扣款清单",
        "发票核验单",
        "差异说明",
        "校验清单",
        "合订本",
        "附件/发票",
    ):
        assert any(words in name for name in names), words
    sums = archive.read("校验清单.txt").decode().splitlines()
    assert len(sums) == len(names) - 1
    for row in sums:
        digest, name = row.split("  ", 1)
        assert sha256(archive.read(name)).hexdigest() == digest
    assert archive.read("02-服务费结算单.pdf") == printed(shared)["statement"]


def test_the_merged_pdf_has_bookmarks_page_numbers_and_all_fonts(shared: dict[str, Any]) -> None:
    from pypdf import PdfReader

    made = printed(shared)["made"][0]
    reader = PdfReader(io.BytesIO(made.pdf))
    assert len(reader.pages) == made.pages
    titles = [item["/Title"] for item in reader.outline]
    assert titles == ["封面与目录", *(title for _key, title in quarter_file.PARTS)]
    for number, page in enumerate(reader.pages, start=1):
        text = re.sub(r"\s", "", page.extract_text())
        assert f"卷内第{number}页/共{made.pages}页" in text, number
        fonts = page["/Resources"]["/Font"].get_object()  # type: ignore[index]
        for font in fonts.values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descendant["/FontDescriptor"].get_object())
    starts = {item["/Title"]: reader.get_destination_page_number(item) for item in reader.outline}
    assert "付款申请" in re.sub(r"\s", "", reader.pages[starts["付款申请"]].extract_text())


def test_the_merged_pdf_keeps_profile_and_marks_of_pdf_a_and_runs_nothing(shared: dict[str, Any]) -> None:
    from pypdf import PdfReader

    made = printed(shared)["made"][0]
    reader = PdfReader(io.BytesIO(made.pdf))
    root = reader.trailer["/Root"].get_object()
    assert root["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    metadata = root["/Metadata"].get_object().get_data()
    assert b"pdfaid:part" in metadata
    for mark in (b"/JavaScript", b"/EmbeddedFile", b"/Launch", b"/URI"):
        assert mark not in made.pdf, mark


def test_the_merged_pdf_claims_no_pdf_a_where_a_document_does_not(shared: dict[str, Any]) -> None:
    from pypdf import PdfReader

    made = printed(shared)["made"][0]
    archive = zipfile.ZipFile(io.BytesIO(made.bundle))
    cover = quarter_file.Part("封面", "00.pdf", archive.read("00-封面与目录.pdf"), 1)
    plain = quarter_file.Part("结算单", "02.pdf", blank_pdf(), 1)
    merged = PdfReader(io.BytesIO(quarter_file.merge(shared["facts"], cover, [plain])))
    assert "/Metadata" not in merged.trailer["/Root"].get_object()


def blank_pdf() -> bytes:
    from pypdf import PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(out)
    return out.getvalue()


def test_the_approval_never_stands_alone_on_a_page(shared: dict[str, Any]) -> None:
    from pypdf import PdfReader

    archive = zipfile.ZipFile(io.BytesIO(printed(shared)["made"][0].bundle))
    pages = PdfReader(io.BytesIO(archive.read("01-付款申请.pdf"))).pages
    (approval,) = [page.extract_text() for page in pages if "审批" in page.extract_text()]
    assert "付款期限" in approval


def test_no_english_is_left_in_the_documents(shared: dict[str, Any]) -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(printed(shared)["made"][0].pdf))
    text = "\n".join(page.extract_text() for page in reader.pages)
    words = set(re.findall(r"\b[A-Za-z]{3,}\b", text))
    # File names, the name of the hash and of the tool; names of the tests' own users.
    assert words <= {"pdf", "txt", "SHA", "sum", "claim", "second", "sha"}, words


# --- Pages and command ------------------------------------------------------------------------


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:billing_{name}", args=args)


@pytest.fixture
def quarter() -> Quarter:
    return Quarter()


@pytest.fixture
def client(quarter: Quarter) -> Client:
    return signed_in(office_user(quarter.contract, "zhao"))


def test_finance_makes_the_file_with_one_click_and_downloads_both(
    quick: None,
    client: Client,
    quarter: Quarter,
    settings: Any,
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks.make_quarter_files, "apply_async", lambda **k: None)
    shown = client.get(page("instalment_change", quarter.instalment.pk))
    assert has(shown, "生成付款材料")
    with django_capture_on_commit_callbacks(execute=True) as sent:
        answer = client.post(page("quarterfile_ask", quarter.instalment.pk))
    assert tasks.send_to_worker in sent
    file = QuarterFile.objects.get()
    assert answer.url == page("quarterfile_change", file.pk)  # type: ignore[attr-defined]
    waiting = client.get(answer.url)  # type: ignore[attr-defined]
    assert has(waiting, 'http-equiv="refresh"', "等待生成", "<progress")
    assert client.get(page("quarterfile_pdf", file.pk)).status_code == 302  # not ready
    settings.QUARTER_FILE_WAIT = -1
    assert has(client.get(page("quarterfile_change", file.pk)), "立即生成")
    client.post(page("quarterfile_make", file.pk))
    ready = client.get(page("quarterfile_change", file.pk))
    assert has(ready, "已生成", "合订 PDF") and "http-equiv" not in ready.content.decode()
    assert client.get(page("quarterfile_pdf", file.pk)).content == MADE.pdf
    assert client.get(page("quarterfile_zip", file.pk)).content == MADE.bundle
    assert has(client.get(page("quarterfile_changelist")), file.number)


def test_without_a_broker_the_file_waits_and_nothing_is_lost(
    quick: None,
    client: Client,
    quarter: Quarter,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def unreachable(**_options: Any) -> None:
        raise ConnectionError("broker")

    monkeypatch.setattr(tasks.make_quarter_files, "apply_async", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page("quarterfile_ask", quarter.instalment.pk))
    assert answer.status_code == 302
    assert tasks.watch_quarter_files() == [QuarterFile.objects.get().number]


def test_changed_facts_are_offered_as_a_new_file(quick: None, client: Client, quarter: Quarter) -> None:
    file = quarter.make()
    make_payment(quarter.instalment, date(2025, 1, 18))
    assert has(client.get(page("quarterfile_change", file.pk)), "数据已有变化")
    sent = {"replaces": file.pk, "reason": "已付款"}
    client.post(page("quarterfile_ask", quarter.instalment.pk), sent)
    assert QuarterFile.objects.count() == 2
    assert has(client.get(page("quarterfile_change", file.pk)), "-02")


def test_a_stranger_sees_no_file(quick: None, quarter: Quarter) -> None:
    file = quarter.make()
    stranger = signed_in(office_user(make_contract()))
    for name in ("quarterfile_pdf", "quarterfile_zip", "quarterfile_make"):
        assert stranger.get(page(name, file.pk)).status_code == 404
    assert stranger.post(page("quarterfile_ask", quarter.instalment.pk)).status_code == 404


def test_the_command_writes_either_form(quick: None, quarter: Quarter, tmp_path: Path) -> None:
    number = quarter.contract.number
    options = {"contract": number, "quarter": 1}
    with pytest.raises(CommandError, match="--by"):
        call_command("quarter_file", **options, out=str(tmp_path / "a.pdf"))
    by = quarter.finance.username
    call_command("quarter_file", **options, out=str(tmp_path / "a.pdf"), by=by)
    call_command("quarter_file", **options, out=str(tmp_path / "a.zip"))
    assert (tmp_path / "a.pdf").read_bytes() == MADE.pdf
    assert (tmp_path / "a.zip").read_bytes() == MADE.bundle
    with pytest.raises(CommandError, match="9"):
        call_command("quarter_file", contract=number, quarter=9, out="x.pdf")


def test_the_command_makes_a_file_that_waits_though_facts_have_changed(
    quick: None, quarter: Quarter, tmp_path: Path
) -> None:
    file = quarter.ask()
    make_payment(quarter.instalment, date(2025, 1, 18))
    out = tmp_path / "a.pdf"
    call_command("quarter_file", contract=quarter.contract.number, quarter=1, out=str(out))
    file.refresh_from_db()
    assert file.is_ready and out.read_bytes() == MADE.pdf


# --- A whole year -----------------------------------------------------------------------------


def test_four_quarters_run_through_invoice_acceptance_payment_and_file(
    quick: None, quarter: Quarter, settings: Any
) -> None:
    """With a disputed line in the first, set off in the second, and the fourth after the term."""
    from billing.models import Instalment
    from tests.billing.cases import answered, decided_sheet, issued, make_breach
    from tests.billing.factories import make_invoice

    contract, people = quarter.contract, quarter.people
    paid = Decimal(0)
    ends = [(date(2025, 1, 20), 0), (date(2025, 4, 18), 1), (date(2025, 7, 18), 2), (date(2025, 10, 20), 3)]
    for day, number in ends:
        row = contract.instalments.order_by("sequence")[number]
        settings.DEMONSTRATION_DAY = day.isoformat()
        if number:
            make_invoice(row, issued_on=day, received_on=day, today=day)
            decided_sheet(people, row, day)
        if number < 2:
            start = row.period_start
            breach = make_breach(contract, start, start + timedelta(days=30), best=1366, decided_on=day)
            claim = issued(people, breach=breach, instalment=row, on=day)
            answered(people, claim, "disputed" if number == 0 else "accepted", on=day)
            if number == 1:
                take_step(people, claim, ClaimStepKind.SET_OFF, day)
        row = Instalment.objects.get(pk=row.pk)
        make_payment(row, day, amount=row.payable, today=day)
        paid += row.payable
        file = services.request_file(
            instalment=Instalment.objects.get(pk=row.pk), actor=quarter.finance, at=clock.now(), as_of=day
        )
        assert services.make_file(file, clock.now)
    files = QuarterFile.objects.order_by("instalment__sequence")
    assert [file.status for file in files] == [FileStatus.READY] * 4
    applied = [Decimal(file.facts["application"]["applied"]) for file in files]
    held = Decimal(files[0].facts["application"]["withheld"])
    off = Decimal(files[1].facts["application"]["deducted"])
    assert held and off and sum(applied) == paid == Decimal("2091733.33") - held - off
