"""No sentence says more than its finding holds: of every check, in all its rule can say, whatever the outcome.

On pages and in PDFs the finding's own sentence stands as it is; in letters, statements and the papers of a payment it
stands among sentences of their own. Those are held to what was found (letters), or named here one by one (PDFs).
"""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from contract import registry
from contract.choices import ALERTING, Outcome
from contract.findings import REASONS
from contract.letters.choices import NoticeKind
from contract.letters.rules import Draft, Matter, compose
from law.references import CONTRACT, Reference

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| `(?P<check>[a-z]+\.[a-z_]+)` \|[^|]*\| `(?P<rule>[a-z_/]+\.py)`", re.MULTILINE)
RULES = {
    found["check"]: found["rule"]
    for page in (ROOT / "docs/clauses").glob("*.md")
    for found in ROW.finditer(page.read_text())
}
LAW = re.compile(
    r"(民法典|劳动法|劳动合同法|政府采购法实施条例|政府采购法|个人信息保护法)》?第([一二三四五六七八九十百千零]+)条"
)
# What a sentence may not say of a duty that stands so.
FORBIDDEN: Mapping[Outcome, str] = {
    Outcome.MET: "未履行|逾期未|构成违约(?!金)",
    Outcome.PENDING: "未履行|已逾期|逾期未|违约(?!金|风险)|无法认定",
    Outcome.AT_RISK: "未履行|已逾期|构成违约|无法认定",
    Outcome.UNDETERMINED: "未履行|已逾期|构成违约",
    Outcome.NOT_MET: "按期完成|已履行|无法认定",
}


def module_of(check_id: str) -> Any:
    return importlib.import_module(RULES[check_id].removesuffix(".py").replace("/", "."))


def said(check_id: str) -> Iterator[str]:
    """All that the rule of a check can say, in Chinese."""
    tree = ast.parse((ROOT / RULES[check_id]).read_text(encoding="utf-8"))
    with translation.override("zh-hans"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_" and node.args:
                argument = node.args[0]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield translation.gettext(argument.value)


def by_outcome(module: Any) -> Iterator[tuple[Outcome, str]]:
    """The sentences that a rule keeps by the outcome for which they stand."""
    for value in vars(module).values():
        if isinstance(value, Mapping):
            for key, text in value.items():
                if isinstance(key, Outcome) and isinstance(text, str):
                    yield key, text


def test_every_check_has_its_rule_on_a_page() -> None:
    assert set(RULES) == set(registry.checks())


@pytest.mark.parametrize("check_id", sorted(registry.checks()))
def test_a_sentence_cites_no_article_that_its_finding_does_not_cite(check_id: str) -> None:
    """The articles are the check's, or those that the rule itself names for the day."""
    module = module_of(check_id)
    held = [*registry.get(check_id).references, *_references(vars(module).values())]
    articles = {(one.source.partition("（")[0], _label(one)) for one in held if one.source != CONTRACT}
    for sentence in said(check_id):
        for source, number in LAW.findall(sentence):
            assert (source, number) in articles, sentence


@pytest.mark.parametrize("check_id", sorted(registry.checks()))
def test_a_sentence_for_one_outcome_does_not_speak_of_another(check_id: str) -> None:
    with translation.override("zh-hans"):
        for outcome, text in by_outcome(module_of(check_id)):
            if outcome in FORBIDDEN:
                assert not re.search(FORBIDDEN[outcome], translation.gettext(text)), (
                    outcome,
                    translation.gettext(text),
                )


@pytest.mark.parametrize("check_id", sorted(registry.checks()))
def test_no_sentence_gives_a_reason_for_a_legal_day_by_itself(check_id: str) -> None:
    """Why a last day has moved is told by the finding's own reasons (contract.findings.REASONS), on every page."""
    with translation.override("zh-hans"):
        reasons = [translation.gettext(text) for text in REASONS.values()]
    for sentence in said(check_id):
        assert not any(reason in sentence for reason in reasons), sentence
        assert "因遇" not in sentence, sentence


def _references(values: Any) -> Iterator[Reference]:
    for value in values:
        if isinstance(value, Reference):
            yield value
        elif isinstance(value, Mapping):
            yield from _references(value.values())


def _label(one: Reference) -> str:
    found = re.search(r"第([一二三四五六七八九十百千零]+)条", one.label())
    return found[1] if found else ""


# --- Letters ------------------------------------------------------------------------------------

# What follows from a breach; a letter says it of nothing that was not found to be one.
CONSEQUENCE = re.compile("违约责任|违约金|赔偿|解除|仍未履行|主张相应权利|逾期")
BEFORE_A_DECISION = (NoticeKind.DEMAND, NoticeKind.BACKFILL, NoticeKind.EXPLANATION)
FOUND = "认定原文"


def own_words(kind: NoticeKind, check_id: str, outcome: Outcome, **fields: Any) -> str:
    """What a letter says of its own about an alert of this check, beside the finding's sentence."""
    details = {"outcome": outcome, "as_of": "2025-03-10"}
    matter = Matter("contract.Alert", 1, "某某", "1", FOUND, registry.title(check_id), details=details, **fields)
    text = compose(Draft(kind, "示例合同", "T-1", "2024-09-29", [matter], 5)).text
    assert f"{FOUND}。" in text  # as it stands, once
    return text.replace(FOUND, "").replace(registry.title(check_id), "")


@pytest.mark.parametrize("outcome", sorted(ALERTING))
@pytest.mark.parametrize("check_id", sorted(registry.checks()))
def test_a_letter_adds_no_consequence_that_its_finding_does_not_hold(check_id: str, outcome: Outcome) -> None:
    with translation.override("zh-hans"):
        for kind in BEFORE_A_DECISION:
            own = own_words(kind, check_id, outcome)
            law = {number for _source, number in LAW.findall(own.replace("中华人民共和国", ""))}
            broken = outcome == Outcome.NOT_MET and kind != NoticeKind.EXPLANATION
            assert "五百七十七" in own if broken else law <= {"五百零九"}, own
            if outcome != Outcome.NOT_MET:
                assert not CONSEQUENCE.search(own), own
            assert "是否构成违约，由我单位在听取贵公司陈述后认定" in own


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("check_id", sorted(registry.checks()))
def test_a_letter_on_termination_names_the_right_that_the_clause_gives_and_the_amounts_of_the_finding(
    check_id: str, agreed: bool
) -> None:
    with translation.override("zh-hans"):
        bare = own_words(NoticeKind.TERMINATION, check_id, Outcome.NOT_MET, terminates=agreed)
        assert ("第五百六十二条" in bare, "第五百六十三条" in bare) == (agreed, not agreed)
        assert "违约金" not in bare and "退还" not in bare  # the finding holds no amount
        damages = own_words(
            NoticeKind.TERMINATION, check_id, Outcome.NOT_MET, terminates=agreed, amounts={"damages": "1.00"}
        )
        assert "支付违约金人民币1.00元" in damages and "退还" not in damages


# --- Statements, payment papers, case files ---------------------------------------------------------

PRINTED = (
    "billing/templates/billing/*.html",
    "billing/templates/billing/file/*.html",
    "contract/templates/notices/*.html",
    "contract/history/casefile/*.py",
    "billing/documents/*.py",
    "billing/templatetags/*.py",
    "billing/rules/differences.py",
    "billing/selectors/statement.py",
)
CLAIM = re.compile(
    "因遇|由于|导致|造成|违约责任|构成违约|赔偿|解除|不承担|免除|逾期|主张|民法典|条例|违约金|不符|因索赔|有异议部分"
)
# Each cause or consequence that a PDF states of its own, and what holds it.
HELD = {
    "因索赔暂缓": "the sum of what standing claims withhold",
    "因索赔暂缓金额": "the same",
    "付款情况：…逾期利息的标准为：…按每日 …% 计，仅作列示，未计入本期应付金额": "where days_late > 0",
    "付款情况：…逾期利息的标准为：…按每日 …% 计，仅作列示，未计入申请金额": "the same",
    "逾期 … 日，逾期利息 … 元仅作列示": "where days_late > 0",
    "对部分款项有异议的，无异议部分按期支付，仅就有异议部分暂缓": "a rule, about no case",
    "是否构成违约，须经人员核实、复核认定": "says that nothing is decided",
    "“未履行”系系统认定，是否构成违约以两人复核为准": "the same",
    "预警不构成违约认定）": "the same",
    "预警本身不构成违约认定": "the same",
    "逾期未答复只作记录，不视为同意": "about no case",
    "（逾期提交）": "an answer that is marked late",
}


def printed(path: Path) -> Iterator[str]:
    """All that a template or a module prints of its own, figures as …"""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", text, flags=re.DOTALL)
        text = re.sub(r"{{.*?}}", "…", re.sub(r"{%.*?%}", "", text))
        yield re.sub(r"<[^>]+>", "\n", text)
        return
    tree = ast.parse(text)
    quiet = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            quiet |= {id(part) for part in node.values}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in quiet:
            yield node.value


def test_a_pdf_states_no_cause_and_no_consequence_but_those_that_something_holds() -> None:
    found = {
        sentence.strip()
        for pattern in PRINTED
        for path in ROOT.glob(pattern)
        for text in printed(path)
        for sentence in re.split("[。；\n]", text)
        if CLAIM.search(sentence)
    }
    assert found == set(HELD)
