"""Whether citizens are answered, as the reports to the leaders tell it: indicators beside their targets."""

from datetime import date, timedelta
from typing import Any

from contract import selectors as core
from contract.choices import Outcome
from contract.models import Contract
from contract.selectors.excuses import claimed
from contract.wording import article
from hotline.figures import OF_A_MONTH
from hotline.rules.facts import IndicatorFacts, ServiceFacts
from hotline.rules.level import CHECK, chosen, lost_days, service_level, target_of
from hotline.rules.picture import means, rate_of
from hotline.selectors import a_year_before, service
from law.periods import month_windows
from staffing.rules.presence import Span

HEAD = ("指标", "本期", "目标", "结论", "上期", "上年同期")
UNCONFIRMED = "（目标未经双方确认）"


Told = tuple[list[str], list[tuple[str, ...]]]


def service_of(contract: Contract, span: Span, as_of: date, sources: list[Any], *, brief: bool = False) -> Told:
    """Sentences and rows (`HEAD`) of a span, beside what was before and a year before (a fixed number of queries).

    `brief`: only indicators with a target, in a sentence: a year is one page.
    """
    batch = core.batch_of(contract, as_of)
    (own,) = batch.contracts
    facts = service([contract.pk])[contract.pk]
    if facts.since is None:
        sources.append(("热线服务", "–", "没有热线平台的记录"))
        return ["没有热线平台的记录，来电是否得到接听尚未证明。"], []
    known = means(facts, span.first, span.last)
    days = (span.last - span.first).days + 1
    missing = f"，其中{days - known.days}日没有数字" if known.days < days else ""
    waited = f"，平均等待{known.waiting}秒" if known.waiting is not None else ""
    before = span.first - (span.last - span.first) - timedelta(days=1), span.first - timedelta(days=1)
    if len(months := month_windows(span.first, span.last)) == 1:
        before = before[1].replace(day=1), before[1]
    earlier = before if before[0] >= contract.starts_on else None
    last_year = a_year_before(contract, span.first, span.last)
    excuses = claimed(batch)
    found = list(service_level(own, facts, batch.calendar, as_of, excuses))
    rows: list[tuple[str, ...]] = []
    for one in facts.indicators:
        reading, _agreed = chosen(own, one, span.first)
        lost = lost_days(one, excuses, as_of)
        rate = rate_of(facts, one, reading, span.first, span.last, lost=lost)
        if rate == "–" or (brief and one.floor is None):
            continue
        findings = [f for f in found if f.subject.pk == one.pk and f.period and _within(f.period, span)]
        stands = _stands([f.outcome for f in findings])
        rows.append(
            (
                one.title,
                findings[0].measured or rate if len(findings) == len(months) == 1 else rate,
                _target(one),
                stands,
                rate_of(facts, one, reading, *earlier, lost=lost) if earlier else "–",
                rate_of(last_year[0], one, reading, *last_year[1:]) if last_year else "–",
            )
        )
    counted = f"期内热线来电{known.offered}个，接听{known.answered}个{waited}{missing}。"
    if brief:
        told = "；".join(
            f"{title}{rate.rstrip('*')}，目标{goal}，{stands}" for title, rate, goal, stands, *_more in rows
        )
        return [f"{counted}{told}。" if told else counted], []
    sources.append(("来电、接听", f"{known.offered}、{known.answered}", "热线平台的数字，由甲方导入"))
    rule = f"各项指标如下表，依据{article(core.clause_of(contract, CHECK))}评价；"
    sentences = [f"{counted}{rule}未经双方书面确认的目标只作提示，不作违约认定。"]
    if orders := _orders(facts, span):
        sentences.append(f"工单、回访和质检：{orders}。")
    sources.append(
        ("各项指标", f"{len(rows)}项", "服务月况；比率四舍五入保留两位小数，但不因进位越过目标，“*”为部分日期没有数字")
    )
    return sentences, rows


def _within(period: tuple[date, date], span: Span) -> bool:
    return span.first <= period[1] and period[0] <= span.last


def _stands(outcomes: list[Outcome]) -> str:
    """The worst of the windows that lie in the span."""
    worst = (Outcome.NOT_MET, Outcome.AT_RISK, Outcome.UNDETERMINED, Outcome.PENDING, Outcome.EXCUSED, Outcome.MET)
    first = next((one for one in worst if one in outcomes), None)
    return "–" if first is None else str(first.label)


def _target(one: IndicatorFacts) -> str:
    if one.floor is None:
        return "–"
    return f"{target_of(one)}{'' if one.confirmed else UNCONFIRMED}"


def _orders(facts: ServiceFacts, span: Span) -> str:
    """What is counted by the month, added up over the months of the span."""
    known = [row.figures for first, row in facts.months.items() if span.first <= first <= span.last]
    told = []
    for name, label in OF_A_MONTH.items():
        numbers = [row.get(name) for row in known]
        if numbers and None not in numbers:
            told.append(f"{label}{sum(number or 0 for number in numbers)}")
    return "，".join(told)
