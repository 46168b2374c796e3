"""No sentence says more than its finding holds: of every check, in all its rule can say, whatever the outcome."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from contract import registry
from contract.choices import Outcome
from contract.findings import REASONS
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
