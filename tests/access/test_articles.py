"""Articles come from the contract: where its clauses are numbered otherwise, nothing has the old ones."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from billing.selectors.statement import statement_facts
from billing.services import instalments
from contract.choices import RunTrigger
from contract.history.casefile.bundle import build
from contract.letters.choices import NoticeKind
from contract.letters.rules import Draft, compose
from contract.letters.services.subjects import matters
from contract.loading import load_contract, reference_document
from contract.models import Alert, Contract
from contract.reference.export import document_of
from contract.selectors import clauses_of
from contract.services import evaluate
from kit.files import documents
from staffing.services import assignments
from tests.api import client_of
from tests.factories import make_roles, make_team, make_user
from tests.printing import Unprinted

pytestmark = pytest.mark.django_db
# Article 13 of the reference in every way of writing it; 《个人信息保护法》第十三条 is a law's.
OLD = re.compile(r"第\s*13(?:\.\d)?\s*条|(?<![\d.])13\.[1-4](?![\d.])|(?<!》)第十三条|[Aa]rt(?:icle|\.) 13\b")
# Sizes of a chart are no articles.
DRAWN = re.compile(r"<svg.*?</svg>", re.DOTALL)
DAY = date(2025, 3, 3)


def thirty_more(ref: str) -> str:
    """13.4 as 43.4."""
    article, dot, rest = ref.partition(".")
    return f"{int(article) + 30}{dot}{rest}"


def renumbered() -> dict[str, Any]:
    made = reference_document()
    for row in made["clauses"]:
        row["ref"] = thirty_more(row["ref"])
    for row in made["terms"]:
        row["clause"] = thirty_more(row["clause"])
    return made


def found_in(text: str) -> list[str]:
    text = DRAWN.sub("", text)
    return [text[max(0, m.start() - 40) : m.end() + 20] for m in OLD.finditer(text)]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of all documents that are printed."""
    texts: list[str] = []

    class Kept(Unprinted):
        def __init__(self, string: str, url_fetcher: Any) -> None:
            texts.append(string)
            super().__init__(string, url_fetcher)

    class Printer:
        HTML = Kept

    monkeypatch.setattr(documents, "_weasyprint", lambda: (Printer, object))
    return texts


@pytest.fixture
def judged(settings: Any, tmp_path: Any) -> Contract:
    """The renumbered contract with three people, one of whom left, evaluated on a day."""
    settings.MEDIA_ROOT, settings.DEMONSTRATION_DAY = tmp_path, DAY.isoformat()
    make_roles()
    contract = load_contract(renumbered())
    team = make_team(contract, 3)
    assignments.correct(team[0], ends_on=date(2024, 12, 2), end_reason="transfer")
    instalments.generate_instalments(contract=contract)
    evaluate(as_of=DAY, today=DAY, at=datetime(2025, 3, 3, 2, tzinfo=UTC), trigger=RunTrigger.COMMAND)
    return contract


def test_the_pattern_finds_the_articles_of_the_contract_itself() -> None:
    assert found_in("合同第13.4条") and found_in("（13.1）") and found_in("第十三条第四款") and found_in("Article 13.2")
    assert not found_in("《个人信息保护法》第十三条 43.4 2013.4 13.40 113.4")


def test_no_finding_letter_file_or_answer_of_it_has_the_old_articles(judged: Contract, printed: list[str]) -> None:
    alerts = list(Alert.objects.filter(contract=judged))
    assert len({alert.check_id for alert in alerts}) > 10
    assert {"staffing.on_post_rate", "staffing.backfill"} <= {alert.check_id for alert in alerts}
    texts = dict(_told(judged, alerts))
    assert "第43.4条" in texts["bundle"]
    assert "合同第43.4条" in texts["letter backfill"]
    texts |= {f"printed {number}": text for number, text in enumerate(printed)}
    assert printed
    wrong = [f"{name}: {one}" for name, text in texts.items() for one in found_in(text)]
    assert not wrong, "\n".join(wrong)


def _told(contract: Contract, alerts: list[Alert]) -> Iterator[tuple[str, str]]:
    """What is said of the contract, by where it is said."""
    client = Client()
    client.force_login(User.objects.create_superuser("all", password="x"))
    for name in ("contract_clause_board", "contract_clause_conflicts", "contract_deadline", "index"):
        yield name, client.get(reverse(f"admin:{name}"), {"contract": contract.pk}).content.decode()
    for alert in alerts:
        yield (
            f"alert {alert.check_id}",
            client.get(reverse("admin:contract_alert_change", args=[alert.pk])).content.decode(),
        )
    for name in ("term", "policy", "clause", "alert", "assessment"):
        yield name, client.get(reverse(f"admin:contract_{name}_changelist")).content.decode()
    yield "contract", client.get(reverse("admin:contract_contract_change", args=[contract.pk])).content.decode()
    api = client_of(make_user(party=contract.office, is_superuser=True))
    for path in ("contracts", f"contracts/{contract.pk}/policies", "clauses", "alerts", "assessments", "schema"):
        yield path, api.get(f"/api/v1/{path}").content.decode()
    for command in (("clauses", "--contract", contract.number), ("clause_conflicts", "--contract", contract.number)):
        out = StringIO()
        call_command(*command, stdout=out)
        yield command[0], out.getvalue()
    yield "export", json.dumps(document_of(contract), ensure_ascii=False)
    subjects = [("contract.Alert", alert.pk) for alert in alerts[:20]]
    for kind in NoticeKind:
        letter = compose(_draft(contract, kind, matters(contract, subjects, DAY)))
        yield f"letter {kind}", letter.text
        yield f"letter {kind} about nothing", compose(_draft(contract, kind, [])).text
    built = build(alerts[:10])
    with zipfile.ZipFile(io.BytesIO(built.content)) as archive:
        yield "bundle", "".join(archive.read(name).decode(errors="ignore") for name in archive.namelist())
    first = contract.instalments.first()
    yield "statement", json.dumps(statement_facts(first, DAY), ensure_ascii=False, default=str)


def _draft(contract: Contract, kind: Any, about: list[Any]) -> Draft:
    return Draft(
        kind=kind,
        contract_title=contract.title,
        contract_number=contract.number,
        signed_on=contract.signed_on.isoformat(),
        matters=about,
        days=5,
        clauses=clauses_of(contract),
    )
