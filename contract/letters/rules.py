"""What the office's letters to the vendor say: pure, from frozen facts to Chinese sentences.

A letter speaks to the vendor, never to a person: the vendor is the employer. It states what the records
show and asks; whether something is a breach is decided elsewhere, after the vendor was heard. Each
kind cites the contract's own clauses and the law.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contract.choices import Outcome
from contract.letters.choices import NoticeKind
from contract.wording import article, day, days, span
from law.money import in_capitals
from law.references import (
    CIVIL_CODE_137,
    CIVIL_CODE_180,
    CIVIL_CODE_509,
    CIVIL_CODE_510,
    CIVIL_CODE_562,
    CIVIL_CODE_563,
    CIVIL_CODE_565,
    CIVIL_CODE_577,
    CIVIL_CODE_590,
    Reference,
)

# The first time an official document cites the code it gives the full name.
SHORT, FULL = "《民法典》", "《中华人民共和国民法典》"
# Blanks that screens put between Chinese and figures; a printed letter has none.
TIGHT = re.compile(r"(?<=[\u4e00-\u9fff，。；：）]) +|(?<=[0-9]) +(?=[\u4e00-\u9fff])")
HIRING, BACKFILL = "staffing.hiring_qualification", "staffing.backfill"
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Matter:
    """One thing that a letter is about, as a document states it.

    `clause` is the article as the contract prints it; `terminates` says that it gives a right to terminate.
    `sentence` says what was found; `figures` are amounts by name, for claims.
    """

    label: str
    pk: int
    name: str
    clause: str
    sentence: str
    topic: str = ""
    period: tuple[str, str] | None = None
    due_on: str = ""
    amounts: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    terminates: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "pk": self.pk,
            "name": self.name,
            "clause": self.clause,
            "sentence": self.sentence,
            "topic": self.topic,
            "period": list(self.period) if self.period else None,
            "due_on": self.due_on,
            "amounts": dict(self.amounts),
            "details": dict(self.details),
        }


@dataclass(frozen=True)
class Draft:
    """What the writer of a letter gives: the matters, the time, and words of their own.

    `clauses` are the contract's clauses by the check that each carries.
    """

    kind: NoticeKind
    contract_title: str
    contract_number: str
    signed_on: str
    matters: Sequence[Matter]
    days: int
    extra: str = ""
    corrects: Mapping[str, str] | None = None
    clauses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Letter:
    """Headline, sections (heading and paragraphs), and the closing line."""

    about: str
    opening: str
    sections: list[tuple[str, list[str]]]
    closing: str

    @property
    def text(self) -> str:
        """The letter as plain text."""
        lines = [self.opening]
        for heading, paragraphs in self.sections:
            lines += [heading, *paragraphs]
        return "\n".join([*lines, self.closing])


def compose(draft: Draft) -> Letter:
    """The letter of a draft."""
    kind = _KINDS[draft.kind]
    sections = [
        ("有关情况", _facts(draft)),
        ("合同约定和法律依据", _basis(draft, kind)),
        ("有关要求" if draft.kind != NoticeKind.FORCE_MAJEURE else "我单位意见", kind.asks(draft)),
    ]
    if draft.extra.strip():
        sections.append(("其他事项", [line for line in draft.extra.strip().splitlines() if line]))
    return Letter(
        about=kind.about,
        opening=_opening(draft),
        sections=[(f"{NUMERALS[n]}、{title}", body) for n, (title, body) in enumerate(sections)],
        closing=kind.closing,
    )


def _opening(draft: Draft) -> str:
    signed = f"于{day(draft.signed_on)}签订的" if draft.signed_on else ""
    opening = (
        f"贵公司与我单位{signed}《{draft.contract_title.replace(' ', '')}》"
        f"（合同编号：{draft.contract_number}，以下简称合同）履行中，有下列事项，现函告如下。"
    )
    if draft.corrects:
        opening += (
            f"本函更正并代替{draft.corrects['number']}"
            f"（{day(draft.corrects['issued_on'])}出具），更正原因：{draft.corrects['reason']}。"
        )
    return opening


def _facts(draft: Draft) -> list[str]:
    several = len(draft.matters) > 1
    lines = []
    for number, matter in enumerate(draft.matters, start=1):
        about = "，".join(part for part in (matter.topic, matter.name, span(*(matter.period or ("", "")))) if part)
        mark = f"（{_ordinal(number)}）" if several else ""
        lines.append(f"{mark}{about}：{sentence_of(matter.sentence)}")
    for matter in draft.matters:
        for number, (_key, ref, label, value) in enumerate(matter.details.get("readings") or [], start=1):
            about = "，".join(filter(None, (article(ref) if ref else "", label)))
            lines.append(f"（{_ordinal(number)}）{about}：{value}。")
    if draft.kind in _TO_BE_HEARD:
        known = max((str(m.details.get("as_of", "")) for m in draft.matters), default="")
        until = f"截至{day(known)}" if known else ""
        lines.append(f"上述情况系根据{until}在案的记录核对得出。是否构成违约，由我单位在听取贵公司陈述后认定。")
    return lines


def _basis(draft: Draft, kind: "_Kind") -> list[str]:
    refs = dict.fromkeys(m.clause for m in draft.matters if m.clause) or {draft.clauses.get(kind.check, ""): None}
    clauses = "、".join(article(ref) for ref in refs if ref)
    law = "、".join(_cited(reference) for reference in kind.law(draft))
    law = law.replace(SHORT, FULL, 1).replace(f"、{SHORT}", "、")
    lines = [f"{'；'.join(part for part in (clauses, law) if part)}。"]
    lines += [m.details["clause_summary"] for m in draft.matters if m.details.get("clause_summary")]
    return list(dict.fromkeys(lines))


def _cited(reference: Reference) -> str:
    return reference.label("zh-hans")


# --- What each kind asks ------------------------------------------------------------------------


def _is_broken(draft: Draft) -> bool:
    """Whether anything in the letter was found not met: only then does it speak of what follows from that."""
    return any(m.details.get("outcome") == Outcome.NOT_MET for m in draft.matters)


def _demand(draft: Draft) -> list[str]:
    if not _is_broken(draft):
        unproven = all(m.details.get("outcome") == Outcome.UNDETERMINED for m in draft.matters)
        asked = (
            "补充记录或者提供证明材料，并书面说明情况" if unproven else "将履行上述义务的安排书面告知我单位，并按期履行"
        )
        return [f"请贵公司自收到本函之日起{draft.days}日内{asked}。", _heard(draft)]
    return [
        f"请贵公司自收到本函之日起{draft.days}日内履行上述义务，并将履行情况书面告知我单位。",
        _heard(draft),
        "期限届满仍未履行的，我单位将依照合同约定和法律规定主张相应权利。",
    ]


def _backfill(draft: Draft) -> list[str]:
    return [
        f"请贵公司自收到本函之日起{draft.days}日内补足人员，并报送补员人员名单及上岗日期。"
        + ("合同约定的补员期限不因本函延长。" if BACKFILL in draft.clauses else ""),
        (f"补员人员应当符合{article(draft.clauses[HIRING])}约定的条件。" if HIRING in draft.clauses else "")
        + "人员的选派和调配由贵公司自行决定。",
        _heard(draft),
    ]


def _replacement(draft: Draft) -> list[str]:
    return [
        f"请贵公司自本函送达之日起{draft.days}日内更换上述人员，并报送替换人员名单及到岗日期。",
        "本函系我单位依照合同向贵公司提出的要求。该人员与贵公司的劳动关系及后续安排，"
        "由贵公司依法处理，我单位不对其作出任何指令。",
        f"贵公司对更换理由有异议的，请在同一期限内以书面形式提出，提出异议不影响{draft.days}日的期限。",
    ]


def _explanation(draft: Draft) -> list[str]:
    return [
        f"请贵公司自收到本函之日起{draft.days}日内提交书面说明，写明原因、责任及整改措施，并附证明材料。",
        "需要延长期限的，请在期限届满前书面提出并说明理由。",
        "期限届满未提交的，我单位将如实记录，不视为贵公司认可，也不影响后续认定。",
    ]


def _readings(draft: Draft) -> list[str]:
    return [
        f"请贵公司自收到本函之日起{draft.days}日内逐项核对上述口径，以书面形式确认。",
        "对其中某项有不同意见的，请写明该项的序号、贵公司的意见和理由，由双方另行协商。",
        "未经双方书面确认的口径，在有关文书中均注明待双方书面确认；逾期未答复的，我单位如实记录，不视为贵公司同意。",
    ]


def _decided(duties: Sequence[str]) -> str:
    """What two people have decided about the event, and no more."""
    if not duties:
        return "该情形对合同义务的影响，由我单位核实后另行书面答复；答复之前，不视为同意免除任何责任。"
    return f"经我单位核定，下列义务在影响范围内不承担违约责任：{'；'.join(duties)}。"


def _force_majeure(draft: Draft) -> list[str]:
    asks = []
    for matter in draft.matters:
        told, late = matter.details.get("arrived_on"), matter.details.get("is_late")
        if told:
            kept = "" if late is None else f"，{'超过' if late else '符合'}合同约定的告知期限"
            asks.append(f"来函于{day(told)}收到{kept}。")
        if matter.details.get("proof_document"):
            asks.append(
                f"已收到{matter.details['proof_issuer']}出具的《{matter.details['proof_document']}》。"
                + _decided(matter.details.get("excused") or [])
                + "与该情形无关的义务仍应履行。"
            )
        else:
            asks.append(
                f"尚未收到有关部门的证明。请自收到本函之日起{draft.days}日内补交；未提交证明的，不能据此免除责任。"
            )
        ended = matter.details.get("ended_on")
        asks.append(
            f"影响已于{day(ended)}消除，请在合理时间内恢复履行并书面告知我单位。"
            if ended
            else "请采取措施减轻影响，影响消除后在合理时间内恢复履行，并书面告知我单位。"
        )
    return asks


def _termination(draft: Draft) -> list[str]:
    asks = [
        "鉴于上述情况，我单位拟依照合同约定和法律规定解除合同。作出决定前，现事先告知贵公司。",
        f"请贵公司自收到本函之日起{draft.days}日内纠正，或者提交书面陈述及证明材料。我单位将充分听取。",
    ]
    for matter in draft.matters:
        if claim := claim_of(matter):
            asks.append(claim)
    asks.append(
        "本函不产生解除合同的效力。决定解除的，另行书面通知，合同自通知到达贵公司时解除。"
        "解除前，双方仍应继续履行合同，保障服务不中断。"
    )
    return asks


def claim_of(matter: Matter) -> str:
    """What a termination would be followed by, in figures and capital numerals."""
    parts = [
        f"{name}{amount_of(matter.amounts[key])}"
        for key, name in (("refund", "退还已支付费用"), ("damages", "支付违约金"))
        if matter.amounts.get(key)
    ]
    return f"依照{article(matter.clause)}，解除后贵公司应当{'、'.join(parts)}。" if parts else ""


def amount_of(amount: str) -> str:
    """人民币209,173.33元（大写：贰拾万玖仟壹佰柒拾叁元叁角叁分）."""
    from decimal import Decimal

    return f"人民币{Decimal(amount):,.2f}元（大写：{in_capitals(amount)}）"


def _heard(draft: Draft) -> str:
    return "贵公司对上述情况有异议的，请在同一期限内提交书面陈述和证明材料。"


def sentence_of(text: str) -> str:
    """A sentence as a letter writes it: Chinese days, one full stop at its end."""
    return TIGHT.sub("", days(text)).strip().rstrip("。；;.") + "。"


def _ordinal(number: int) -> str:
    """1 as 一, 12 as 十二, 25 as 二十五 (a letter has at most 50 matters)."""
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, f"{NUMERALS[tens - 1]}十")
    return head + (NUMERALS[ones - 1] if ones else "")


# --- The kinds --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    about: str
    check: str
    asks: Callable[[Draft], list[str]]
    law: Callable[[Draft], tuple[Reference, ...]]
    closing: str = "特此函告。"


_TO_BE_HEARD = (NoticeKind.DEMAND, NoticeKind.BACKFILL, NoticeKind.EXPLANATION)


def _always(*references: Reference) -> Callable[[Draft], tuple[Reference, ...]]:
    return lambda draft: references


def _of_demand(draft: Draft) -> tuple[Reference, ...]:
    """The duty (509) and, where it was found not met, what follows (577)."""
    return (CIVIL_CODE_509, CIVIL_CODE_577) if _is_broken(draft) else (CIVIL_CODE_509,)


def _of_termination(draft: Draft) -> tuple[Reference, ...]:
    """An agreed right (art. 562) where the contract gives one, else the statutory one (563)."""
    agreed = all(m.terminates for m in draft.matters)
    return (CIVIL_CODE_562 if agreed else CIVIL_CODE_563, CIVIL_CODE_565)


_KINDS: Mapping[NoticeKind, _Kind] = {
    NoticeKind.DEMAND: _Kind("关于催告履行合同义务的函", BACKFILL, _demand, _of_demand),
    NoticeKind.BACKFILL: _Kind("关于限期补足人员的函", BACKFILL, _backfill, _of_demand),
    NoticeKind.READINGS: _Kind("关于确认合同履行口径的函", "", _readings, _always(CIVIL_CODE_510)),
    NoticeKind.REPLACEMENT: _Kind(
        "关于要求更换人员的函", "staffing.replacement", _replacement, _always(CIVIL_CODE_137, CIVIL_CODE_509)
    ),
    NoticeKind.EXPLANATION: _Kind(
        "关于要求提交书面说明的函", "contract.inspection_follow_up", _explanation, _always(CIVIL_CODE_509)
    ),
    NoticeKind.FORCE_MAJEURE: _Kind(
        "关于不可抗力情形的复函",
        "contract.force_majeure_notice",
        _force_majeure,
        _always(CIVIL_CODE_180, CIVIL_CODE_590),
        "特此函复。",
    ),
    NoticeKind.TERMINATION: _Kind(
        "关于拟解除合同的事先告知函", "contract.subcontracting", _termination, _of_termination
    ),
}
