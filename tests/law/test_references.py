"""Citations: which text, which article, since when, and how a person reads it."""

from __future__ import annotations

from datetime import date

import pytest

from law import references
from law.references import Reference, contract_article


@pytest.mark.parametrize(
    ("reference", "chinese", "english"),
    [
        (references.CIVIL_CODE_203, "《民法典》第二百零三条", "Civil Code, art. 203"),
        (references.CIVIL_CODE_1259, "《民法典》第一千二百五十九条", "Civil Code, art. 1259"),
        (references.LABOUR_LAW_44, "《劳动法》第四十四条", "Labour Law, art. 44"),
        (
            references.SME_PAYMENT_9,
            "《保障中小企业款项支付条例》（国务院令第802号）第九条",
            "Regulations on Payments to SMEs (State Council Decree No. 802), art. 9",
        ),
        (contract_article("12"), "合同第12条", "Contract, art. 12"),
        (contract_article("13.4"), "合同第13.4条", "Contract, art. 13.4"),
        (contract_article("13.1(5)"), "合同第13.1(5)条", "Contract, art. 13.1(5)"),
    ],
)
def test_a_citation_reads_in_both_languages(reference: Reference, chinese: str, english: str) -> None:
    assert reference.label() == chinese
    assert reference.label("en") == english


@pytest.mark.parametrize("article", ["", "13.", "thirteen", "13(5", "13.1.5"])
def test_a_misspelt_article_of_a_law_is_refused(article: str) -> None:
    with pytest.raises(ValueError):
        Reference("民法典", article)


@pytest.mark.parametrize(
    ("article", "chinese"),
    [
        ("5.3.1", "合同第5.3.1条"),
        ("二、（一）2", "合同二、（一）2"),
        ("附件2-3", "合同附件2-3"),
        ("第十三条第四款", "合同第十三条第四款"),
    ],
)
def test_an_article_of_the_contract_is_cited_as_the_contract_prints_it(article: str, chinese: str) -> None:
    assert contract_article(article).label() == chinese
    assert article in contract_article(article).label("en")


def test_a_contract_has_no_nameless_article() -> None:
    with pytest.raises(ValueError):
        contract_article(" ")


def test_a_citation_in_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError):
        references.CIVIL_CODE_203.label("fr")  # type: ignore[arg-type]


def test_the_sme_regulations_change_on_the_first_of_june_2025() -> None:
    assert references.sme_payment_term_on(date(2025, 5, 31)) is references.SME_PAYMENT_2020_8
    assert references.sme_payment_term_on(date(2025, 6, 1)) is references.SME_PAYMENT_9
    assert references.sme_late_interest_on(date(2025, 5, 31)) is references.SME_PAYMENT_2020_15
    assert references.sme_late_interest_on(date(2025, 6, 1)) is references.SME_PAYMENT_17


def test_a_day_before_every_recorded_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="2020-08-31"):
        references.sme_payment_term_on(date(2020, 8, 31))


def test_every_law_that_is_cited_says_since_when() -> None:
    cited = {value for value in vars(references).values() if isinstance(value, Reference)}
    assert [one.label() for one in cited if one.in_force_from is None] == []
    assert all(one.label() and one.label("en") for one in cited)
