"""The case file: whole, provable, the same bytes for the same case, and for the office only."""

import csv
import hashlib
import io
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from contract.choices import RunTrigger
from contract.history import seals
from contract.history.casefile import archive, log_extract
from contract.history.casefile.bundle import build
from contract.history.casefile.sheets import Sheet
from contract.history.models import ChangeLink
from contract.models import Alert, Contract, ResponseFile
from contract.roles import AUDITOR, FINANCE, REVIEWER, STAFF, VENDOR
from contract.services import decide_review, evaluate, propose_review
from staffing.choices import AttendanceRoute
from staffing.models import Operator
from staffing.services import attendance
from tests.contract.admin_helpers import signed_in
from tests.contract.cases import answered, at, person, told
from tests.factories import make_contract, make_team
from tests.papers import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_print")]
MONDAY = date(2025, 3, 3)
SCAN = pdf("a statement")


@pytest.fixture
def contract(settings: Any, tmp_path: Path) -> Contract:
    settings.MEDIA_ROOT = tmp_path
    return make_contract(terms={"headcount": 4}, check_ids=["staffing.headcount"])


@pytest.fixture
def alert(contract: Contract) -> Alert:
    """One of four posts stands empty: told, answered with a file, confirmed by two."""
    team = make_team(contract, 3)
    rows = [
        attendance.AttendanceRow(person.operator_id, date(2025, 2, day), "on_duty")
        for person in team
        for day in (27, 28)
    ]
    attendance.enter(
        contract=contract,
        rows=rows,
        actor=None,
        route=AttendanceRoute.API,
        at=datetime(2025, 3, 1, tzinfo=UTC),
        today=date(2025, 3, 1),
    )
    evaluate(as_of=MONDAY, today=MONDAY, at=at(MONDAY), trigger=RunTrigger.COMMAND)
    alert = Alert.objects.get()
    office, vendor = person(contract, STAFF), person(contract, VENDOR)
    told(alert, office, document="催告函〔2025〕1号")
    answered(alert, vendor, statement="=1+1 正在招聘", files=[ContentFile(SCAN, "情况说明.pdf")])
    alert.refresh_from_db()
    review = propose_review(
        alert=alert,
        decision="confirm",
        reason="人数不足",
        actor=office,
        at=at(date(2025, 3, 5)),
        version=alert.version,
        on=date(2025, 3, 5),
    )
    decide_review(
        review=review,
        approve=True,
        reason="属实",
        actor=person(contract, REVIEWER),
        at=at(date(2025, 3, 6)),
        on=date(2025, 3, 6),
    )
    seals.seal()
    return fresh(alert)


def fresh(alert: Alert) -> Alert:
    return Alert.objects.select_related("assessment", "contract").get(pk=alert.pk)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def sheet(files: Mapping[str, bytes], name: str) -> list[dict[str, str]]:
    (path,) = [path for path in files if name in path]
    return list(csv.DictReader(io.StringIO(files[path].decode("utf-8-sig"))))


def cover(files: Mapping[str, bytes]) -> str:
    pages = PdfReader(BytesIO(files["00-卷宗封面.pdf"])).pages
    return "".join(page.extract_text() for page in pages)


def test_it_holds_everything_about_the_case(alert: Alert) -> None:
    files = unpacked(build([alert]).content)
    assert {"项目": "所涉条款", "内容": f"第{alert.clause_ref}条"} in sheet(files, "01-条款")
    assert any(row["名称"] and row["取值"] for row in sheet(files, "02-约定指标与口径"))
    (finding,) = sheet(files, "03-认定经过")
    assert finding["实际"] == "3" and finding["规则版本"]
    assert len(sheet(files, "11-考勤明细")) == 6
    steps = [row["事项"] for row in sheet(files, "07-时间线")]
    assert steps[0].startswith("评估认定")
    assert [step for step in steps if not step.startswith(("评估", "状态"))] == [
        "通知对方",
        "乙方陈述",
        "提出复核意见：认定违约",
        "第二人复核：同意（认定违约）",
    ]
    ((path, attached),) = [(path, content) for path, content in files.items() if path.startswith("06-附件/")]
    assert attached == SCAN and path.endswith(".pdf")  # it opens by a double click
    assert {"答复", "复核", "通知记录"} & {path.split("/")[-1][:-4] for path in files}


@pytest.mark.printed
def test_the_cover_names_contract_clause_and_every_file(alert: Alert) -> None:
    files = unpacked(build([alert]).content)
    said = cover(files)
    for words in (alert.contract.number, "卷内目录", "时间线", "08-变更日志摘录", "人数不足"):
        assert words in said


def test_the_checksums_agree(alert: Alert, tmp_path: Path) -> None:
    files = unpacked(build([alert]).content)
    listed = dict(
        reversed(line.split("  ", 1))  # type: ignore[misc]
        for line in files.pop(archive.MANIFEST).decode().splitlines()
    )
    assert listed == {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
def test_sha256sum_itself_agrees(alert: Alert, tmp_path: Path) -> None:
    with zipfile.ZipFile(BytesIO(build([alert]).content)) as packed:
        packed.extractall(tmp_path / "file")
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", archive.MANIFEST],
        cwd=tmp_path / "file",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.printed
def test_the_same_case_gives_the_same_bytes(alert: Alert) -> None:
    first = build([alert])
    make_team(make_contract(), 1)  # other things go on meanwhile
    seals.seal()
    again = build([fresh(alert)])
    assert (first.name, first.content) == (again.name, again.content)


def test_names_open_on_windows(alert: Alert) -> None:
    built = build([alert])
    assert built.name.startswith("卷宗-") and built.name.endswith(".zip")
    with zipfile.ZipFile(BytesIO(built.content)) as packed:
        for info in packed.infolist():
            assert info.date_time == archive.TIMESTAMP
            if not info.filename.isascii():
                assert info.flag_bits & 0x800
            assert not set(info.filename) & set('<>:"\\|?*')


def test_no_resident_id_stands_in_it_in_plain(alert: Alert) -> None:
    files = unpacked(build([alert]).content)
    everything = b"".join(files.values()).decode("utf-8", "ignore")
    for someone in Operator.objects.all():
        assert someone.resident_id not in everything


def test_a_cell_is_no_formula() -> None:
    said = Sheet("", "x", "x", ["a"], [["=1+1"], ["-5"], ["@x"]]).content().decode("utf-8-sig")
    assert said.split() == ["a", "'=1+1", "-5", "'@x"]


def test_the_extract_of_the_log_can_be_followed(alert: Alert) -> None:
    rows = sheet(unpacked(build([alert]).content), "08-变更日志摘录")
    assert {"预警", "评估记录", "复核"} <= {row["记录"].split()[0] for row in rows}
    before = ChangeLink.objects.get(sequence=int(rows[1]["链上序号"]) - 1)
    assert rows[1]["摘要算法"] == "SHA-256"
    assert seals.chained(before.hash, rows[1]["条目摘要"], "sha256") == rows[1]["链哈希"]


def test_an_extract_that_is_too_long_says_what_it_leaves_out(alert: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = len(sheet(unpacked(build([alert]).content), "08-变更日志摘录"))
    monkeypatch.setattr(log_extract, "ENTRIES_AT_MOST", whole)
    assert len(sheet(unpacked(build([alert]).content), "08-变更日志摘录")) == whole
    monkeypatch.setattr(log_extract, "ENTRIES_AT_MOST", 3)
    rows = sheet(unpacked(build([alert]).content), "08-变更日志摘录")
    assert len(rows) == 4 and rows[-1]["链上序号"] == f"……另有 {whole - 3} 条未列出"


@pytest.mark.printed
def test_a_file_that_was_altered_or_lost_is_named(alert: Alert) -> None:
    kept = ResponseFile.objects.get()
    Path(kept.file.path).write_bytes(SCAN + b"altered")
    assert "内容与登记的校验值不符" in cover(unpacked(build([alert]).content))
    Path(kept.file.path).unlink()
    assert "缺失附件" in cover(unpacked(build([alert]).content))


def test_several_alerts_make_one_bundle(alert: Alert, contract: Contract) -> None:
    other = Alert.objects.create(
        contract=contract,
        check_id="staffing.coverage",
        clause_ref="7",
        owed_by="vendor",
        key="x",
        outcome="not_met",
        assessment=alert.assessment,
        raised_on=MONDAY,
    )
    built = build([fresh(other), alert])
    folders = {path.split("/")[0] for path in unpacked(built.content) if "/" in path}
    assert len(folders) == 2 and all(folder.startswith("案件") for folder in folders)
    assert built.name == f"证据卷宗-{contract.number}-2件.zip"


def test_what_makes_no_bundle_is_refused(alert: Alert) -> None:
    with pytest.raises(ValidationError, match="至少"):
        build([])
    with pytest.raises(ValidationError, match="上限"):
        build([alert] * 31)
    other = fresh(alert)
    other.contract_id = 10**6
    with pytest.raises(ValidationError, match="同一合同"):
        build([alert, other])


def test_a_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    with pytest.raises(ValidationError, match="上限"):
        archive.pack({"a": b"x" * 11})


def test_the_queries_do_not_grow_with_people_and_days(alert: Alert) -> None:
    with CaptureQueriesContext(connection) as few:
        build([alert])
    attendance.enter(
        contract=alert.contract,
        rows=[
            attendance.AttendanceRow(operator.pk, date(2025, 3, day), "rest")
            for operator in Operator.objects.all()
            for day in (1, 2, 3)
        ],
        actor=None,
        route=AttendanceRoute.API,
        at=at(MONDAY),
        today=MONDAY,
    )
    with CaptureQueriesContext(connection) as more:
        build([fresh(alert)])
    assert len(more) <= len(few) + 2


# --- Who may have it --------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "status"), [(STAFF, 200), (REVIEWER, 200), (AUDITOR, 200), (FINANCE, 403)])
def test_who_may_fetch_it(alert: Alert, role: str, status: int) -> None:
    client = signed_in(person(alert.contract, role))
    answer = client.get(reverse("admin:contract_alert_case_file", args=[alert.pk]))
    assert answer.status_code == status
    page = client.get(reverse("admin:contract_alert_change", args=[alert.pk]))
    assert ("导出卷宗" in page.content.decode()) == (status == 200)


def test_the_file_of_another_contract_does_not_exist(alert: Alert) -> None:
    stranger = person(make_contract(), STAFF)
    url = reverse("admin:contract_alert_case_file", args=[alert.pk])
    assert signed_in(stranger).get(url).status_code == 404


def test_the_answer_bears_the_chinese_name(alert: Alert) -> None:
    client = signed_in(person(alert.contract, AUDITOR))
    answer = client.get(reverse("admin:contract_alert_case_file", args=[alert.pk]))
    assert answer["Content-Type"] == "application/zip" and "no-store" in answer["Cache-Control"]
    assert "filename*=UTF-8''%E5%8D%B7%E5%AE%97" in answer["Content-Disposition"]


def test_the_list_makes_a_bundle(alert: Alert) -> None:
    client = signed_in(person(alert.contract, STAFF))
    answer = client.post(
        reverse("admin:contract_alert_changelist") + "?work=all",
        {"action": "case_file_together", "_selected_action": [alert.pk]},
    )
    assert answer["Content-Type"] == "application/zip"
    assert archive.MANIFEST in unpacked(answer.content)


def test_the_command_writes_it(alert: Alert, tmp_path: Path) -> None:
    out = tmp_path / "卷宗.zip"
    call_command("case_file", alert=[alert.pk], out=out, stdout=StringIO())
    assert out.read_bytes() == build([alert]).content
    with pytest.raises(CommandError, match="--alert"):
        call_command("case_file", alert=[10**6], out=out)
    with pytest.raises(CommandError, match="--out"):
        call_command("case_file", alert=[alert.pk], out=tmp_path / "no" / "x.zip")
