"""Reads everything about an alert: a fixed number of queries for each kind of record."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.apps import apps
from django.db import models

from contract import registry, selectors
from contract.batch import ContractFacts
from contract.history.casefile.letters import letter_files, letters_about, letters_sheet
from contract.history.casefile.log_extract import log_extract
from contract.history.casefile.sheets import Sheet, of_rows, referring
from contract.history.casefile.sources import EVIDENCE, contributed
from contract.history.casefile.timeline import Happening, standing, timeline
from contract.letters.models import Notice
from contract.models import Alert, Assessment, Clause, Excuse, Policy, ResponseFile, Review, Term
from contract.models.base import watched
from contract.terms import POLICIES, TERMS
from kit.files.names import file_name
from kit.files.uploads import kind_of
from law.references import printed

FIGURES = "02-约定指标与口径"
UNCONFIRMED = "待双方书面确认"
RECORDS = "05-往来与复核"
FILES = "06-附件"
# Each has its own part in the file.
TOLD_ELSEWHERE = frozenset(
    {
        "contract.AlertEvent",
        "contract.Assessment",
        "contract.Notification",
        "contract.Response",
        "contract.ResponseFile",
        "contract.Review",
        "contract.TimeExtension",
    }
)


@dataclass(frozen=True)
class Attachment:
    """A document in the file; `said` is the checksum on record, where there is one."""

    path: str
    title: str
    content: bytes
    said: str = ""

    @property
    def agrees(self) -> bool:
        return not self.said or self.said == sha256(self.content).hexdigest()


@dataclass
class CaseFile:
    """An alert with everything that belongs to it."""

    alert: Alert
    title: str
    standing: str
    clause: Clause | None
    references: list[str]
    facts: ContractFacts
    series: list[Assessment]
    steps: list[Happening]
    review: Review | None
    referring: list[tuple[Any, list[Any]]]
    letters: list[Notice]
    sheets: list[Sheet] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def current(self) -> Assessment:
        return self.alert.assessment


def gather(alert: Alert) -> CaseFile:
    """Read a case whole. Call it in the language of the file (zh-hans)."""
    series = list(
        Assessment.objects.filter(contract_id=alert.contract_id, check_id=alert.check_id, key=alert.key)
        .select_related("run__rules")
        .order_by("pk")
    )
    reviews = alert.reviews.filter(is_approved=True).select_related("proposed_by", "decided_by")
    review = reviews.order_by("-pk").first()
    case = CaseFile(
        alert=alert,
        title=registry.title(alert.check_id),
        standing=standing(alert, review),
        clause=Clause.objects.filter(contract_id=alert.contract_id, ref=alert.clause_ref).first(),
        references=[
            ref.label("zh-hans") for ref in registry.cited(alert.check_id, alert.clause_ref, alert.assessment.figures)
        ],
        facts=selectors.contract_facts(alert.contract_id, alert.assessment.as_of),
        series=series,
        steps=timeline(alert, series),
        review=review,
        referring=_referring_to(alert),
        letters=letters_about(alert),
    )
    named = _evidence(case)
    case.sheets += [
        _clauses(case),
        _figures(case),
        _findings(series),
        *named.sheets,
        *contributed(alert, series),
        *_records(case),
        _timeline(case.steps),
    ]
    _add_files(case)
    case.sheets.append(_log(case, named.rows))
    return case


# --- Clause, figures, findings ----------------------------------------------------------------


def _clauses(case: CaseFile) -> Sheet:
    contract = case.alert.contract
    rows = [
        ("合同编号", contract.number),
        ("合同名称", contract.title),
        ("合同期限", f"{contract.starts_on} 至 {contract.last_day}"),
        ("甲方", contract.office.name),
        ("乙方", contract.vendor.name),
        ("争议解决机构", contract.arbitration_body),
        ("检查项", case.title),
        ("所涉条款", printed(case.alert.clause_ref)),
        ("义务方", case.alert.get_owed_by_display()),
        *([("条款标题", case.clause.title), ("条款要旨", case.clause.summary)] if case.clause else []),
        *(("依据", reference) for reference in case.references),
    ]
    return Sheet("", "01-条款", "条款与依据", ["项目", "内容"], rows)


def _figures(case: CaseFile) -> Sheet:
    """The contract's figures and the readings in force on the day of the finding."""
    day, pk = case.current.as_of, case.alert.contract_id
    confirmed = {
        (row.key, row.effective_from): row.confirmation or str(row.confirmed_on)
        for row in Policy.objects.filter(contract_id=pk, confirmed_on__isnull=False)
    }
    notes = {(row.key, row.effective_from): row.note for row in Term.objects.filter(contract_id=pk)}
    rows = []
    for kind, book, definitions in (("约定指标", case.facts.terms, TERMS), ("口径", case.facts.policies, POLICIES)):
        for key, definition in definitions.items():
            row = book.row(day, key)
            if row is None and definition.default is None:
                continue
            value = definition.display(row.value if row is not None else definition.default)
            since = row.effective_from if row is not None else "程序默认值"
            if kind == "约定指标":
                state = notes.get((key, row.effective_from), "") if row is not None else ""
            else:
                found = confirmed.get((key, row.effective_from)) if row is not None else None
                state = f"双方已书面确认：{found}" if found else UNCONFIRMED
            rows.append((kind, printed(case.facts.clause_of(definition.check)), definition.label, value, since, state))
    header = ["类别", "条款", "名称", "取值", "生效日期", "依据或确认情况"]
    return Sheet("", FIGURES, "约定指标与口径", header, rows)


def _findings(series: Sequence[Assessment]) -> Sheet:
    header = [
        "认定编号",
        "基准日",
        "记录时间",
        "结论",
        "对象",
        "期间起",
        "期间止",
        "名义期限",
        "法定期限",
        "实际",
        "要求",
        "说明",
        "数据",
        "规则版本",
        "是否现行",
        "是否撤回",
        "取代认定",
        "指纹",
    ]
    rows = [
        (
            row.pk,
            row.as_of,
            row.created_at,
            row.get_outcome_display(),
            row.subject_name,
            row.period_start,
            row.period_end,
            row.nominal_due_on,
            row.legal_due_on,
            row.measured,
            row.required,
            row.explanation,
            row.figures,
            row.run.rules or "",
            row.is_current,
            row.is_withdrawn,
            row.supersedes_id,
            row.fingerprint,
        )
        for row in series
    ]
    return Sheet("", "03-认定经过", "认定经过", header, rows)


# --- Evidence ---------------------------------------------------------------------------------


@dataclass
class Named:
    """The rows that findings name as their evidence, with the sheets that show them in full."""

    rows: set[tuple[str, int]] = field(default_factory=set)
    sheets: list[Sheet] = field(default_factory=list)


def _evidence(case: CaseFile) -> Named:
    named = Named()
    texts: list[tuple[Any, ...]] = []
    for row in case.series:
        named.rows.add((row.subject_label, row.subject_pk))
        for item in row.evidence:
            texts.append((row.pk, row.as_of, _kind(item["label"]), item["pk"], item["text"]))
            if item["pk"] is not None:
                named.rows.add((item["label"], item["pk"]))
    header = ["认定编号", "基准日", "记录类型", "记录编号", "内容"]
    named.sheets.append(Sheet(EVIDENCE, "01-各次认定所列证据", "各次认定所列证据", header, texts))
    by_model: dict[str, list[int]] = defaultdict(list)
    for label, pk in sorted(named.rows):
        by_model[label].append(pk)
    for label, pks in sorted(by_model.items()):
        model = _model(label)
        if model is None or label in TOLD_ELSEWHERE:
            continue
        rows = referring(model._base_manager.filter(pk__in=pks).order_by("pk"))
        named.sheets.append(of_rows(EVIDENCE, f"02-{model._meta.verbose_name}", rows, model))
    return named


# --- What people said and decided -------------------------------------------------------------


def _records(case: CaseFile) -> Iterable[Sheet]:
    """Every kind of record that refers to the alert, also of apps that the core does not know."""
    for model, rows in case.referring:
        if rows and model._meta.label not in {"contract.ResponseFile"}:
            yield of_rows(RECORDS, str(model._meta.verbose_name), rows, model)
    if case.letters:
        yield letters_sheet(RECORDS, case.letters)
    excuses = Excuse.objects.filter(
        contract_id=case.alert.contract_id,
        check_id__in=["", case.alert.check_id],
        subject_label=case.current.subject_label,
        subject_pk=case.current.subject_pk,
    ).order_by("pk")
    if rows := list(referring(excuses)):
        yield of_rows(RECORDS, str(Excuse._meta.verbose_name), rows, Excuse)


def _referring_to(alert: Alert) -> list[tuple[Any, list[Any]]]:
    found = []
    for relation in Alert._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.label in watched():
            rows = model._base_manager.filter(**{relation.field.name: alert}).order_by("pk")
            found.append((model, list(referring(rows))))
    return sorted(found, key=lambda pair: pair[0]._meta.label)


def _timeline(steps: Sequence[Happening]) -> Sheet:
    rows = [(step.on, step.at, step.who, step.what, step.words, "；".join(step.documents)) for step in steps]
    header = ["所涉日期", "记录时间", "经办", "事项", "内容", "文书"]
    return Sheet("", "07-时间线", "时间线", header, rows)


# --- Files ------------------------------------------------------------------------------------


def _add_files(case: CaseFile) -> None:
    """The files of answers, of notices, and of whatever else refers to the alert."""
    kept: list[tuple[str, Any, str]] = [
        (f"陈述{row.response_id}-附件{row.pk}-{row.name}", row.file, row.sha256)
        for row in ResponseFile.objects.filter(response__alert=case.alert).order_by("pk")
    ]
    kept += letter_files(case.letters)
    for model, rows in case.referring:
        for column in model._meta.concrete_fields:
            if isinstance(column, models.FileField):
                kept += [(f"{model._meta.verbose_name}{row.pk}", getattr(row, column.name), _said(row)) for row in rows]
    for row in case.alert.notifications.order_by("pk"):
        kept += _of_source(row)
    seen = set()
    for title, file, said in kept:
        if not file or file.name in seen:
            continue
        seen.add(file.name)
        try:
            with file.storage.open(file.name) as opened:
                content = opened.read()
        except OSError:
            case.missing.append(f"{title}（登记的校验值 {said or '无'}）")
            continue
        kept_as = file.name.rpartition(".")[2] if "." in file.name else "bin"
        extension, _media_type = kind_of(BytesIO(content)) or (kept_as, "")
        path = f"{FILES}/{file_name(title.removesuffix(f'.{extension}'), extension)}"
        case.attachments.append(Attachment(path, title, content, said))


def _of_source(notification: Any) -> list[tuple[str, Any, str]]:
    """The document that carried a notification, where another record keeps it."""
    model: Any = _model(notification.source_label) if notification.source_label else None
    row = model and model._base_manager.filter(pk=notification.source_pk).first()
    if row is None:
        return []
    return [
        (f"{model._meta.verbose_name}{row.pk}", getattr(row, column.name), _said(row))
        for column in model._meta.concrete_fields
        if isinstance(column, models.FileField)
    ]


def _said(row: Any) -> str:
    """The checksum on record of a row's file."""
    return next((getattr(row, name) for name in ("pdf_sha256", "file_sha256", "sha256") if getattr(row, name, "")), "")


# --- The log ----------------------------------------------------------------------------------


def _log(case: CaseFile, evidence: Iterable[tuple[str, int]]) -> Sheet:
    """The entries of the change log about every row of the case, with their place in the chain."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for label, pk in evidence:
        wanted[label].add(pk)
    wanted["contract.Alert"].add(case.alert.pk)
    wanted["contract.Assessment"] |= {row.pk for row in case.series}
    wanted["contract.EvaluationRun"] |= {row.run_id for row in case.series}
    for model, rows in case.referring:
        wanted[model._meta.label] |= {row.pk for row in rows}
    if case.clause is not None:
        wanted["contract.Clause"].add(case.clause.pk)
    wanted["contract.Contract"].add(case.alert.contract_id)
    return log_extract(wanted)


def _kind(label: str) -> str:
    model = _model(label)
    return str(model._meta.verbose_name) if model is not None else label


def _model(label: str) -> Any:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None
