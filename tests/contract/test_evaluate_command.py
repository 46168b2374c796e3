"""`manage.py evaluate` as a person types it."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contract.models import Assessment, EvaluationRun
from tests.contract.test_evaluation import FakeCheck, fake
from tests.factories import make_contract

__all__ = ["fake"]
pytestmark = pytest.mark.django_db


def evaluate(*args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("evaluate", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_json_names_check_clause_side_subject_dates_outcome_and_figures(fake: FakeCheck) -> None:
    contract = make_contract()
    out, _err = evaluate("--as-of", "2025-03-03", "--format", "json")
    (row,) = json.loads(out)
    assert row["check"] == "test.fake" and row["owed_by"] == "vendor"
    assert row["clause"] == contract.obligations.get(check_id="test.fake").clause.ref
    assert row["outcome"] == "not_met" and row["measured"] == "44" and row["required"] == "45"
    assert set(row) >= {"subject", "period", "nominal_due_on", "legal_due_on", "explanation"}


def test_the_table_lines_up_chinese_and_latin_columns(fake: FakeCheck) -> None:
    make_contract()
    out, _err = evaluate("--as-of", "2025-03-03")
    assert "test.fake" in out and "thing 1" in out


def test_a_day_before_the_newest_is_looked_at_and_records_follow_the_facts(fake: FakeCheck) -> None:
    make_contract()
    evaluate("--as-of", "2025-03-03")
    fake.measured = "43"
    _out, err = evaluate("--as-of", "2025-02-01")
    assert "2025-03-03" in err
    assert Assessment.objects.get(is_current=True).as_of.isoformat() == "2025-03-03"
    assert Assessment.objects.get(is_current=True).measured == "43"


def test_a_dry_run_records_nothing(fake: FakeCheck) -> None:
    make_contract()
    evaluate("--as-of", "2025-03-03", "--dry-run")
    assert not EvaluationRun.objects.exists()


@pytest.mark.parametrize("arguments", [("--as-of", "2025-02-30"), ("--contract", "nowhere")])
def test_a_mistake_is_one_clear_line(fake: FakeCheck, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        evaluate(*arguments)
