"""Makes the file: tables, documents, the cover with its contents, and the checksums."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from contract.history.casefile.archive import MANIFEST, manifest, pack
from contract.history.casefile.evidence import FIGURES, UNCONFIRMED, CaseFile, gather
from contract.models import Alert, Contract
from kit.files.documents import LANGUAGE, render_document
from kit.files.names import file_name, stem
from law.references import printed

ALERTS_AT_MOST = 30
COVER = "00-卷宗封面.pdf"
STEPS_PRINTED = 120
FINDINGS_PRINTED = 60
READ_ME = "说明.txt"
EXPLANATION = """本卷宗由合同履约系统按记录原样导出。
一、00-卷宗封面.pdf 为封面、目录与时间线；其余为明细材料（CSV 可用 WPS 或 Excel 打开）。
二、SHA256SUMS.txt 列有每个文件的 SHA-256 校验值，可用 sha256sum -c SHA256SUMS.txt 核对。
三、08-变更日志摘录.csv 中每条目的“链哈希”为按“摘要算法”一栏（SHA-256 或 SM3）对（上一环节链哈希 + 条目摘要）计算所得，
    可与系统的变更日志及保存在外的链首哈希核对，以证明记录未被改动。
四、居民身份证号码等个人信息已隐去或脱敏；同一案件的记录不变时，重复导出的文件逐字节相同。
五、系统提出的预警只是提示；违约认定以两名工作人员复核同意的决定为准。
"""


@dataclass(frozen=True)
class Built:
    """The file and its name."""

    name: str
    content: bytes


def build(alerts: Iterable[Alert]) -> Built:
    """One case file for an alert, or a bundle for several of one contract.

    Raises ValidationError where there are none, too many, of several contracts, or too many bytes;
    kit.files.documents.CannotPrint where this machine cannot print.
    """
    chosen = sorted(alerts, key=lambda alert: alert.pk)
    _check(chosen)
    with translation.override(LANGUAGE):
        cases = [gather(alert) for alert in chosen]
        files: dict[str, bytes] = {READ_ME: EXPLANATION.encode("utf-8-sig")}
        for number, case in enumerate(cases, start=1):
            folder = _folder(number, case) if len(cases) > 1 else ""
            files |= {folder + path: content for path, content in _files(case).items()}
        files[COVER] = _cover(cases, files)
        return Built(_name(cases), pack(files))


def _check(alerts: Sequence[Alert]) -> None:
    if not alerts:
        raise ValidationError(_("Choose at least one alert."))
    if len(alerts) > ALERTS_AT_MOST:
        raise ValidationError(
            _("%(count)d alerts are too many for one file; at most %(most)d.")
            % {"count": len(alerts), "most": ALERTS_AT_MOST}
        )
    if len({alert.contract_id for alert in alerts}) > 1:
        raise ValidationError(_("A bundle holds alerts of one contract only."))


def _files(case: CaseFile) -> dict[str, bytes]:
    """The paths of a case's own files with their contents."""
    files: dict[str, bytes] = {}
    for sheet in case.sheets:
        files[_free(sheet.path, files)] = sheet.content()
    for attachment in case.attachments:
        files[_free(attachment.path, files)] = attachment.content
    return files


def _free(path: str, files: Mapping[str, bytes]) -> str:
    """The path, with a number where another file has it."""
    stem, dot, extension = path.rpartition(".")
    number, free = 2, path
    while free in files:
        free, number = f"{stem}（{number}）{dot}{extension}", number + 1
    return free


def _folder(number: int, case: CaseFile) -> str:
    return stem(f"案件{number:02d}-预警{case.alert.pk}-{case.title}") + "/"


def _name(cases: Sequence[CaseFile]) -> str:
    contract: Contract = cases[0].alert.contract
    if len(cases) > 1:
        return file_name(f"证据卷宗-{contract.number}-{len(cases)}件", "zip")
    case = cases[0]
    return file_name(f"卷宗-{contract.number}-预警{case.alert.pk}-{case.title}", "zip")


def _cover(cases: Sequence[CaseFile], files: Mapping[str, bytes]) -> bytes:
    digest = sha256(manifest(files)).hexdigest()
    context: dict[str, Any] = {
        "contract": cases[0].alert.contract,
        "cases": [_case(number, case) for number, case in enumerate(cases, start=1)],
        "single": len(cases) == 1,
        "files": [
            {"path": path, "size": len(content), "sha256": sha256(content).hexdigest()}
            for path, content in sorted(files.items())
        ],
        "manifest": MANIFEST,
        "digest": digest,
    }
    return render_document("contract/casefile/cover.html", context, identifier=digest)


def _case(number: int, case: CaseFile) -> dict[str, Any]:
    current = case.current
    until = max(step.at for step in case.steps) if case.steps else current.created_at
    return {
        "number": number,
        "case": case,
        "alert": case.alert,
        "current": current,
        "until": until,
        "findings": case.series[-FINDINGS_PRINTED:],
        "findings_left": max(len(case.series) - FINDINGS_PRINTED, 0),
        "steps": case.steps[-STEPS_PRINTED:],
        "steps_left": max(len(case.steps) - STEPS_PRINTED, 0),
        **_readings(case),
        "altered": [a.title for a in case.attachments if not a.agrees],
    }


def _readings(case: CaseFile) -> dict[str, Any]:
    """Readings that both sides have not confirmed: those of the clause by name, others counted."""
    sheet = next(sheet for sheet in case.sheets if sheet.name == FIGURES)
    open_ones = [row for row in sheet.text_rows if row[-1] == UNCONFIRMED]
    own = [row for row in open_ones if row[1] == printed(case.alert.clause_ref)]
    return {"unconfirmed": own, "unconfirmed_others": len(open_ones) - len(own)}
