"""Which article a rule rests on, and since when that text is in force.

Laws change; the day that is judged picks the text. Where an earlier text can still apply to a day
inside a contract, both stand here and a function ending in `_on` picks one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

import cn2an

Language = Literal["zh-hans", "en"]

CONTRACT = "合同"

_ENGLISH = {
    CONTRACT: "Contract",
    "民法典": "Civil Code",
    "劳动法": "Labour Law",
    "全国年节及纪念日放假办法": "Measures on National Holidays",
    "保障中小企业款项支付条例": "Regulations on Payments to SMEs",
    "最高人民法院关于审理买卖合同纠纷案件适用法律问题的解释": "Supreme People's Court, Interpretation on Sales",
    "政府采购法": "Government Procurement Law",
    "政府采购法实施条例": "Implementing Regulations of the Government Procurement Law",
}
_NUMBERED = re.compile(r"(?P<article>\d+)(?:\.(?P<paragraph>\d+))?(?:\((?P<item>\d+)\))?")
_BARE = re.compile(r"\d+(\.\d+)*(\(\d+\))?")
_STATE_COUNCIL = re.compile(r"（国务院令第(\d+)号）")
_DECREE = re.compile(r"(?P<title>[^（]+)(?P<decree>（.+）)?")


@dataclass(frozen=True)
class Reference:
    """One article of one text.

    `source` is the Chinese title, with the number of its decree in （） where several texts carry
    the same title. `article` is written `13`, `13.4` (article, paragraph) or `13.1(5)` (… item); of the
    contract itself it is whatever the contract prints.
    `in_force_from` is the first day of this text.
    """

    source: str
    article: str
    in_force_from: date | None = None

    def __post_init__(self) -> None:
        if not self.source:
            raise ValueError("a reference needs a source")
        if self.source == CONTRACT:
            if not self.article.strip():
                raise ValueError("a clause of the contract has a name")
        elif not _NUMBERED.fullmatch(self.article):
            raise ValueError(f"an article is written 13, 13.4 or 13.1(5), not {self.article!r}")

    def label(self, language: Language = "zh-hans") -> str:
        """The citation as a person reads it, in Chinese or in English.

        Laws are cited in Chinese numerals, the contract in Arabic ones as in its own margin notes.
        Raises ValueError for a language that it does not speak.
        """
        if language == "zh-hans":
            return self._chinese()
        if language == "en":
            return self._english()
        raise ValueError(f"no citations in language {language!r}")

    def _chinese(self) -> str:
        if self.source == CONTRACT:
            return CONTRACT + printed(self.article)
        found = _NUMBERED.fullmatch(self.article)
        assert found, "checked when it was made"
        article, paragraph, item = found["article"], found["paragraph"], found["item"]
        title, decree = self._title_and_decree()
        return (
            f"《{title}》{decree}第{_numeral(article)}条"
            + (f"第{_numeral(paragraph)}款" if paragraph else "")
            + (f"第（{_numeral(item)}）项" if item else "")
        )

    def _english(self) -> str:
        if self.source == CONTRACT:
            return f"{_ENGLISH[CONTRACT]}, {'art. ' if is_bare(self.article) else ''}{self.article}"
        title, decree = self._title_and_decree()
        decree = _STATE_COUNCIL.sub(r" (State Council Decree No. \1)", decree)
        return f"{_ENGLISH.get(title, title)}{decree}, art. {self.article}"

    def _title_and_decree(self) -> tuple[str, str]:
        found = _DECREE.fullmatch(self.source)
        return (found["title"], found["decree"] or "") if found else (self.source, "")


def contract_article(article: str) -> Reference:
    """The contract's own article as the contract prints it, such as `contract_article("13.4")`.

    Its force depends on the contract's signatures, so no date stands here. ValueError for an empty one.
    """
    return Reference(CONTRACT, article)


def printed(article: str) -> str:
    """An article of a contract in a Chinese sentence: 第13.4条 for a bare number, else as it stands (附件2-3)."""
    return f"第{article}条" if is_bare(article) else article


def is_bare(article: str) -> bool:
    """Whether an article is a bare number, such as 13.4 or 5.3.1, which a sentence calls an article."""
    return bool(_BARE.fullmatch(article))


def _numeral(number: str) -> str:
    return str(cn2an.an2cn(number, "low"))


def _series(source: str, in_force_from: date, *articles: str) -> tuple[Reference, ...]:
    return tuple(Reference(source, article, in_force_from) for article in articles)


# Civil Code: effect on arrival, force majeure, exclusion periods, periods, comparisons,
# termination.
(
    CIVIL_CODE_137,
    CIVIL_CODE_180,
    CIVIL_CODE_188,
    CIVIL_CODE_199,
    CIVIL_CODE_201,
    CIVIL_CODE_202,
    CIVIL_CODE_203,
    CIVIL_CODE_564,
    CIVIL_CODE_590,
    CIVIL_CODE_1259,
) = _series("民法典", date(2021, 1, 1), *("137", "180", "188", "199", "201", "202", "203", "564", "590", "1259"))

# Performance and breach; termination agreed, by law, and by notice.
CIVIL_CODE_509, CIVIL_CODE_510, CIVIL_CODE_526, CIVIL_CODE_562, CIVIL_CODE_563, CIVIL_CODE_565, CIVIL_CODE_577 = (
    _series("民法典", date(2021, 1, 1), "509", "510", "526", "562", "563", "565", "577")
)

# Amount of damages: adjustment of agreed ones, mitigation.
CIVIL_CODE_585, CIVIL_CODE_591 = _series("民法典", date(2021, 1, 1), "585", "591")
SALES_INTERPRETATION_18 = Reference(
    "最高人民法院关于审理买卖合同纠纷案件适用法律问题的解释（法释〔2020〕17号）", "18", date(2021, 1, 1)
)

# Payments to small and medium-sized enterprises: term, acceptance, undisputed part, interest.
SME_PAYMENT_9, SME_PAYMENT_10, SME_PAYMENT_17 = _series(
    "保障中小企业款项支付条例（国务院令第802号）", date(2025, 6, 1), "9", "10", "17"
)
SME_PAYMENT_2020_8, SME_PAYMENT_2020_9, SME_PAYMENT_2020_15 = _series(
    "保障中小企业款项支付条例（国务院令第728号）", date(2020, 9, 1), "8", "9", "15"
)

# Labour.
(LABOUR_LAW_15, LABOUR_LAW_36, LABOUR_LAW_38, LABOUR_LAW_39, LABOUR_LAW_41, LABOUR_LAW_44, LABOUR_LAW_50) = _series(
    "劳动法", date(1995, 1, 1), "15", "36", "38", "39", "41", "44", "50"
)
LABOUR_CONTRACT_LAW_10 = Reference("劳动合同法", "10", date(2008, 1, 1))
COMPREHENSIVE_HOURS = Reference(
    "关于企业实行不定时工作制和综合计算工时工作制的审批办法（劳部发〔1994〕503号）", "5", date(1995, 1, 1)
)
COMPREHENSIVE_OVERTIME = Reference(
    "关于贯彻执行〈劳动法〉若干问题的意见（劳部发〔1995〕309号）", "62", date(1995, 8, 4)
)

# Data processed for somebody else go back or are deleted at the end, and a duty of faith outlives the contract.
PERSONAL_DATA_21 = Reference("个人信息保护法", "21", date(2021, 11, 1))
CIVIL_CODE_558 = Reference("民法典", "558", date(2021, 1, 1))

# Leaks: told at once, and by the hour since the measures on incidents.
PERSONAL_DATA_57 = Reference("个人信息保护法", "57", date(2021, 11, 1))
NETWORK_INCIDENTS_4 = Reference("国家网络安全事件报告管理办法", "4", date(2025, 11, 1))

# Money.
PROCUREMENT_47, PROCUREMENT_49 = _series("政府采购法", date(2003, 1, 1), "47", "49")
PROCUREMENT_RULES_45, PROCUREMENT_RULES_50 = _series("政府采购法实施条例", date(2015, 3, 1), "45", "50")


def sme_payment_term_on(day: date) -> Reference:
    """The article on the payment term (30 days, 60 at most) in force on a day."""
    return _in_force(day, SME_PAYMENT_2020_8, SME_PAYMENT_9)


def sme_acceptance_on(day: date) -> Reference:
    """The article on acceptance as the start of the payment term, late acceptance included."""
    return _in_force(day, SME_PAYMENT_2020_9, SME_PAYMENT_10)


def sme_late_interest_on(day: date) -> Reference:
    """The article on late interest (0.05 % a day where none is agreed) in force on a day."""
    return _in_force(day, SME_PAYMENT_2020_15, SME_PAYMENT_17)


def _in_force(day: date, *texts: Reference) -> Reference:
    """The latest of several texts, oldest first. Raises ValueError before the first of them."""
    for text in reversed(texts):
        if text.in_force_from is None or text.in_force_from <= day:
            return text
    raise ValueError(f"no text of {texts[0].source} is recorded for {day.isoformat()}")
