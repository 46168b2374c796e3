"""What the office tells its leaders of a month, a quarter or a year: facts, each with where it stands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.utils import translation

from billing.choices import BulletinKind
from billing.models import KeptBulletin
from billing.selectors.ledger import LedgerRow, ledgers
from billing.selectors.service import HEAD, service_of
from contract import registry
from contract import selectors as core
from contract.choices import AlertStatus, Outcome, Side
from contract.duties.rules.renewal import ASSESSMENT, TERM_END
from contract.models import Alert, Assessment, Contract
from contract.selectors.evaluation import lagging
from contract.wording import article
from contract.wording import day as chinese
from kit.files.documents import LANGUAGE
from law.comparisons import floor_percent
from law.periods import contract_quarters, month_windows
from law.references import printed
from staffing.choices import GapCause
from staffing.rules.presence import Span
from staffing.rules.sheets import Mark, Part, Share
from staffing.selectors import month_rates, open_gaps
from staffing.selectors.facts import gaps as gap_facts
from staffing.selectors.sheets import sheet

AHEAD = timedelta(days=14)
# The overview of a year is for one glance: its tables are short, and their sums are those of everything.
MONTHS_DRAWN = 12
"""Of the chart: a month is seen beside those before it."""
ROWS_AT_MOST = {"month": 40, "quarter": 40, "year": 4}
CAUSES = {
    Mark.PERSONAL: "事假",
    Mark.SICK: "病假",
    Mark.MATERNITY: "产假",
    Mark.INJURY: "工伤假",
    Mark.LEAVE: "其他请假",
    Mark.ABSENT: "旷工",
}
NAMELESS = {Part.EMPTY: "未曾派驻人员的岗位", Part.SURPLUS: "当日超编人员抵补", Part.EXCUSED: "不可抗力所致，不计入"}
SIDES = {Side.OFFICE: "甲方", Side.VENDOR: "乙方", Side.BOTH: "双方"}
OF_POSTS = ("headcount", "on_post_floor_percent")
SERVICE = {"contract.service_level", "contract.service_figures"}
NOT_DONE = (Outcome.NOT_MET, Outcome.AT_RISK, Outcome.UNDETERMINED)
STANDS = {Outcome.MET: "达标", Outcome.NOT_MET: "未达标", Outcome.UNDETERMINED: "尚不能认定"}


@dataclass(frozen=True)
class Table:
    """A table of texts; the last `figures` columns are numbers."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    figures: int = 0


@dataclass(frozen=True)
class Chapter:
    """A numbered part: sentences and tables."""

    title: str
    sentences: list[str]
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True)
class Bulletin:
    """A report on a span as of a day. `sources`: figure by figure, where in the program it stands."""

    contract: Contract
    kind: str
    span: Span
    as_of: date
    chapters: list[Chapter]
    sources: list[tuple[str, str, str]]
    months: list[dict[str, Any]]
    floor: str

    @property
    def until(self) -> date:
        return min(self.span.last, self.as_of)

    @property
    def facts(self) -> dict[str, Any]:
        """Everything that it says, as plain values."""
        return {
            "contract": self.contract.number,
            "title": self.contract.title,
            "office": self.contract.office.name,
            "vendor": self.contract.vendor.name,
            "kind": self.kind,
            "first": str(self.span.first),
            "last": str(self.span.last),
            "as_of": str(self.as_of),
            "chapters": [
                [one.title, one.sentences, [[table.head, table.rows] for table in one.tables]] for one in self.chapters
            ],
            "sources": self.sources,
            "floor": self.floor,
            "months": [{key: str(value) for key, value in month.items()} for month in self.months],
        }


def spans_of(contract: Any, kind: str) -> list[Span]:
    """The months, quarters or years of a contract, in the order of time."""
    first, last = contract.starts_on, contract.last_day
    pieces = {
        BulletinKind.MONTH: month_windows,
        BulletinKind.QUARTER: contract_quarters,
        BulletinKind.YEAR: lambda start, end: contract_quarters(start, end, months=12),
    }[BulletinKind(kind)](first, last)
    return [Span(*piece) for piece in pieces]


def due_bulletins(as_of: date) -> Iterator[tuple[Contract, str, Span]]:
    """Reports whose day has come and that are not kept yet: the first day after the time to report the attendance of
    their last day, of contracts that were evaluated as of this day or later (a fixed number of queries)."""
    behind = lagging(as_of).values("pk")
    rows = Contract.objects.filter(starts_on__lt=as_of).exclude(pk__in=behind).select_related("office", "vendor")
    contracts = {row.pk: row for row in rows}
    made = set(KeptBulletin.objects.filter(contract__in=contracts).values_list("contract", "kind", "first"))
    for facts in core.batch(contracts, as_of, contracts.values()).contracts:
        for kind in BulletinKind:
            for span in spans_of(facts, kind):
                told = (as_of - span.last).days > facts.policies.on(span.last, "attendance_report_days")
                if told and span.last >= facts.judged_from and (facts.pk, kind, span.first) not in made:
                    yield contracts[facts.pk], kind, span


@translation.override(LANGUAGE)
def bulletin(contract: Contract, kind: str, span: Span, as_of: date) -> Bulletin:
    """The report on a span of a contract, as far as it is known on a day (a fixed number of queries), in Chinese."""
    until = min(span.last, as_of)
    most, known = ROWS_AT_MOST[kind], Span(span.first, until)
    people, months, floor, sources = _on_post(contract, known, as_of, most, kind)
    chapters = [
        people,
        _gaps(contract, known, most, sources),
        *_service(contract, known, as_of, kind, sources),
        _clauses(contract, known, most, sources),
        _money(contract, span, kind, sources),
        _ahead(contract, as_of, most, sources),
    ]
    if kind == BulletinKind.YEAR:
        chapters.insert(-3, _sides(contract, as_of, sources))
        chapters.append(_renewal(contract, sources))
    return Bulletin(contract, kind, span, as_of, chapters, sources, months, floor)


def _on_post(
    contract: Contract, span: Span, as_of: date, most: int, kind: str
) -> tuple[Chapter, list[dict[str, Any]], str, list[Any]]:
    batch = core.batch_of(contract, as_of)
    [facts] = batch.contracts
    if any(facts.terms.row(facts.starts_on, key) is None for key in OF_POSTS):
        return Chapter("人员到位情况", ["本合同没有约定配置人数或者人员到位率下限。"]), [], "", []
    found = sheet(contract, span, as_of)
    tally = found.ledger.sum(span.first, span.last)
    if not tally.required:
        return Chapter("人员到位情况", ["期内没有应到人员。"]), [], "", []
    begun = month_rates([contract.pk], as_of, batch).get(contract.pk, [])
    begun = [rate for rate in begun if rate.first <= span.last][-MONTHS_DRAWN:]
    rates = [rate for rate in begun if rate.last >= span.first]
    floor = f"{rates[0].floor.normalize():f}" if rates else ""
    one_month = len(rates) == 1
    stand = f"，{STANDS.get(rates[0].outcome, '期内尚未届满')}" if one_month else ""
    clause = article(core.clause_of(contract, "staffing.on_post_rate"))
    sentences = [
        f"期内应到{tally.required}人日，在位{tally.now}人日，不在位{tally.absent}人日，未证明{tally.unproven}人日，"
        f"人员到位率{tally.rate()}；{clause}要求不低于{floor}%{stand}。"
    ]
    if one_month:
        allowed, left = rates[0].budget, rates[0].left
        sentences.append(f"当月允许不在位{allowed}人日，{f'尚余{left}' if left >= 0 else f'超出{-left}'}人日。")
    shares = found.shares()
    tables = []
    if kind == BulletinKind.QUARTER:
        tables.append(
            Table(
                ("月份", "应到", "在位", "不在位", "允许", "到位率", "结论"),
                [
                    (
                        f"{rate.first.year}年{rate.first.month}月",
                        str(rate.tally.required),
                        str(rate.tally.now),
                        str(rate.tally.absent),
                        str(rate.budget),
                        rate.tally.rate(),
                        STANDS.get(rate.outcome, "尚未届满"),
                    )
                    for rate in rates
                ],
                6,
            )
        )
    if shares:
        sentences.append(f"不在位人员及原因如下表，合计{tally.absent}人日。")
        missing = [share for share in shares if share.counted >= 0]
        rest = sum(share.counted for share in missing[most:])
        rows = [(*_share(share), str(share.counted)) for share in missing[:most]]
        rows += [("其他人员", "", str(rest))] if rest else []
        rows += [(*_share(share), str(share.counted)) for share in shares if share.counted < 0]
        tables.append(Table(("人员或岗位", "原因", "人日"), [*rows, ("合计", "", str(tally.absent))], 1))
    sources = [
        ("应到人日", str(tally.required), "合同人数及其变更通知"),
        ("在位、不在位、未证明人日", f"{tally.now}、{tally.absent}、{tally.unproven}", "考勤月表"),
        ("人员到位率", tally.rate(), "在位人日÷应到人日，截尾保留两位小数"),
    ]
    return Chapter("人员到位情况", sentences, tables), [_month(rate) for rate in begun], floor, sources


def _month(rate: Any) -> dict[str, Any]:
    """A month as the chart of the statement takes it."""
    return {
        "start": rate.first,
        "end": rate.last,
        "required": rate.tally.required,
        "worst": rate.tally.now,
        "best": rate.tally.best,
        "rate": floor_percent(rate.tally.best, rate.tally.required),
        "outcome": rate.outcome,
        "outcome_label": STANDS.get(rate.outcome, "尚未届满"),
    }


def _share(share: Share) -> tuple[str, str]:
    if share.part == Part.AWAY:
        return share.name, CAUSES[Mark(share.cause)]
    if share.part == Part.LEFT:
        return share.name, f"离岗后未补员（{GapCause(share.cause).label}）"
    return NAMELESS[share.part], ""


def _gaps(contract: Contract, span: Span, most: int, sources: list[Any]) -> Chapter:
    rows = gap_facts([contract.pk], span.last)[contract.pk]
    opened = [gap for gap in rows if gap.opened_on >= span.first]
    closed = [gap for gap in rows if span.first <= (gap.closed_on(span.last) or date.min)]
    open_ = open_gaps([contract.pk], span.last, core.batch_of(contract, span.last))
    over = sum(item.days_left < 0 for item in open_)
    sentences = [
        f"期内新发生缺岗{len(opened)}个，补足{len(closed)}个；{chinese(span.last)}未补{len(open_)}个，其中逾期{over}个。"
    ]
    sources.append(("缺岗新发生、补足、未补、逾期", f"{len(opened)}、{len(closed)}、{len(open_)}、{over}", "缺岗"))
    table = Table(
        ("人员", "原因", "缺岗日", "补足期限"),
        [
            (str(item.gap.operator), item.gap.get_cause_display(), str(item.gap.opened_on), str(item.deadline.last_day))
            for item in open_[:most]
        ],
    )
    return Chapter("缺岗与补员情况", sentences, [table] if open_ else [])


def _service(contract: Contract, span: Span, as_of: date, kind: str, sources: list[Any]) -> list[Chapter]:
    """Whether citizens are answered; of a year only what has a target. Of a contract about something else nothing."""
    if not contract.platforms.exists() and not core.clauses_of(contract).keys() & SERVICE:
        return []
    sentences, rows = service_of(contract, span, as_of, sources, brief=kind == BulletinKind.YEAR)
    return [Chapter("热线服务情况", sentences, [Table(HEAD, rows)] if rows else [])]


def _clauses(contract: Contract, span: Span, most: int, sources: list[Any]) -> Chapter:
    alerts = list(
        Alert.objects.filter(contract=contract, raised_on__range=(span.first, span.last))
        .select_related("assessment")
        .order_by("pk")
    )
    places = core.clause_positions(contract.pk)
    alerts.sort(key=lambda alert: places.get(alert.clause_ref, len(places)))
    outcomes = Counter(Outcome(alert.outcome) for alert in alerts)
    parts = "、".join(f"{outcome.label}{n}项" for outcome, n in outcomes.items())
    confirmed = sum(alert.standing == AlertStatus.CONFIRMED for alert in alerts)
    open_ = sum(not alert.decided_as and alert.status != AlertStatus.CURED for alert in alerts)
    sentences = [
        f"期内产生预警{len(alerts)}项{f'，其中{parts}' if parts else ''}；"
        f"经两人复核确认违约{confirmed}项，尚未办结{open_}项。"
    ]
    sources.append(("预警、确认违约、尚未办结", f"{len(alerts)}、{confirmed}、{open_}", "预警"))
    rows = [
        (
            printed(alert.clause_ref),
            registry.title(alert.check_id),
            SIDES[Side(alert.owed_by)],
            str(Outcome(alert.outcome).label),
            str(AlertStatus(alert.status).label),
        )
        for alert in alerts
        if alert.outcome != Outcome.MET
    ]
    rows.sort(key=lambda row: row[3] != str(Outcome.NOT_MET.label))
    table = Table(("条款", "事项", "义务方", "认定", "进度"), rows[:most])
    return Chapter("条款履行情况", sentences, [table] if rows else [])


def _sides(contract: Contract, as_of: date, sources: list[Any]) -> Chapter:
    """How each side keeps its duties: the findings that stand, as the home page counts them."""
    counts: dict[str, Counter[str]] = {side: Counter() for side in Side}
    found = Assessment.objects.filter(contract=contract, is_current=True, is_withdrawn=False)
    for owed_by, outcome, n in found.order_by().values_list("owed_by", "outcome").annotate(Count("pk")):
        counts[owed_by][outcome] += n
    rows = []
    for side, own in counts.items():
        if own:
            judged = own[Outcome.MET] + own[Outcome.NOT_MET] + own[Outcome.EXCUSED]
            others = (str(own[one]) for one in NOT_DONE)
            rows.append((SIDES[Side(side)], f"{own[Outcome.MET]}／{judged}", *others))
    sources.append(("双方履约得分（履行／已认定）", "、".join(f"{row[0]}{row[1]}" for row in rows) or "–", "评估结果"))
    table = Table(("义务方", "履行／已认定", *(str(one.label) for one in NOT_DONE)), rows, 4)
    return Chapter("双方履约得分", [f"截至{chinese(as_of)}，现行认定结果如下。"], [table] if rows else [])


def _renewal(contract: Contract, sources: list[Any]) -> Chapter:
    """What is found about the end of the term, and the next contract."""
    found = Assessment.objects.filter(contract=contract, is_current=True, is_withdrawn=False)
    rows = found.filter(check_id__in=[ASSESSMENT, TERM_END]).order_by("nominal_due_on", "pk")
    sentences = [f"本合同于{chinese(contract.last_day)}届满。"]
    sentences += [f"{registry.title(row.check_id)}：{row.explanation}" for row in rows]
    following = Contract.objects.filter(predecessor=contract).first()
    if following is not None:
        sentences.append(f"后续合同：{following.number}，自{chinese(following.starts_on)}起。")
    sources.append(("下一年度续签", f"{len(rows)}项", "评估结果"))
    return Chapter("下一年度续签", sentences)


def _money(contract: Contract, span: Span, kind: str, sources: list[Any]) -> Chapter:
    [ledger] = ledgers([contract])
    rows = [row for row in ledger.rows if row.start <= span.last and row.end >= span.first]
    sources.append(("付款期次金额、已付", "、".join(f"{_amount(row)}／{row.paid:,.2f}" for row in rows) or "–", "台账"))
    if not rows:
        return Chapter("款项情况", ["期内没有付款期次。"])
    table = Table(
        ("付款期次", "金额（元）", "收到发票", "验收", "已付（元）"),
        [
            (
                row.name.partition("（")[0] if kind == BulletinKind.YEAR else row.name,
                _amount(row),
                str(row.invoiced_on or "尚未收到"),
                str(row.accepted_on or "尚未验收"),
                f"{row.paid:,.2f}",
            )
            for row in rows
        ],
    )
    return Chapter("款项情况", [f"期内涉及付款期次{len(rows)}个。"], [table])


def _amount(row: LedgerRow) -> str:
    return "尚未确定" if row.is_open else f"{row.amount:,.2f}"


def _ahead(contract: Contract, as_of: date, most: int, sources: list[Any]) -> Chapter:
    rows = [
        row
        for row in Assessment.objects.filter(
            contract=contract,
            is_current=True,
            is_withdrawn=False,
            outcome__in=[Outcome.PENDING, Outcome.AT_RISK, Outcome.UNDETERMINED],
            nominal_due_on__lte=as_of + AHEAD,
        ).order_by("nominal_due_on", "pk")
        if as_of <= (row.legal_due_on or row.nominal_due_on or date.min) <= as_of + AHEAD
    ]
    sources.append(("两周内到期事项", str(len(rows)), "认定"))
    table = Table(
        ("到期日", "事项", "义务方"),
        [
            (
                str(row.legal_due_on or row.nominal_due_on),
                f"{registry.title(row.check_id)} {row.subject_name}".strip(),
                SIDES[Side(row.owed_by)],
            )
            for row in rows[:most]
        ],
    )
    return Chapter("需关注事项", [f"{chinese(as_of)}起两周内到期事项{len(rows)}项。"], [table] if rows else [])
