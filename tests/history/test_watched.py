"""Every model of ours is in the change log and in a role's tables, or it says here why not."""

from django.apps import apps
from simple_history.models import HistoricalChanges

from contract.models.base import watched
from contract.roles import TABLES

OURS = {
    model._meta.label: model
    for app in (*TABLES, "sample")
    for model in apps.get_app_config(app).get_models()
    if not issubclass(model, HistoricalChanges)
}

UNLOGGED = {
    "contract.ChangeEntry": "the log itself",
    "contract.ChangeLink": "the log itself: its chain",
    "contract.AccessEntry": "the log of accesses itself",
    "contract.AccessLink": "the log of accesses itself: its chain",
    "contract.ChainHead": "the log itself: where its chain ends",
    "contract.ChangeCheck": "the result of comparing the tables with the log",
    "contract.Heartbeat": "the last sign of life of a part of the program",
    "contract.Account": "whether a password must be changed, and hashes of earlier ones",
    "contract.Authenticator": "secrets of one-time codes; setting up and clearing stand in the access log",
    "contract.LoginLock": "a state of the door; what began and ended it stands in the access log",
    "contract.OutboxMessage": "the state of a delivery; what was said is kept as notice or event",
    "contract.DeliveryAttempt": "one attempt of a delivery",
    "contract.IdempotencyRecord": "an answer kept for a short time, to be given again",
    "contract.Backup": "when the last backup was made, for the home page and the health page",
    "contract.EvaluationBatch": "which part of a run is done: read by the job that closes it, which is logged",
    "contract.Standing": "how long what was found stands: made anew by every night, and compared with the log",
    "contract.MonthMemo": "what was worked out of a past month: another digest of its facts, and it is made anew",
    "contract.StoreMark": "which folder of documents belongs to this database",
    "staffing.StaffDay": "derived from logged facts; `rebuild_staff_days --check` compares it",
    "staffing.DutyDay": "derived from logged shifts; `rebuild_staff_days --check` compares it",
}

UNSEEN = {
    "contract.Backup": "shown on the home page to the administrators of the system",
    "contract.MailServer": "shown on the page of the mail server; set by the administrator of the system",
    "contract.StoreMark": "compared at the start, and by the health page",
    "contract.Tombstone": "listed by `retention`; read in the change log",
    "contract.Account": "hashes of passwords: read by nobody",
    "contract.Authenticator": "secrets of one-time codes: read by nobody",
    "contract.LoginLock": "read by the administrators only",
    "contract.ChangeLink": "read by `verify_history` only",
    "contract.AccessEntry": "read by the audit administrator only",
    "contract.AccessLink": "read by `verify_history` only",
    "contract.ChainHead": "read by `verify_history` only",
    "contract.ChangeCheck": "shown on the home page to whoever may see the log",
    "contract.Heartbeat": "told by the banner, health and the metrics",
    "contract.IdempotencyRecord": "the answers to one user's requests",
    "contract.RulesVersion": "named on every assessment",
    "contract.EvaluationBatch": "read by the jobs of a night only",
    "contract.Standing": "read by the next night only",
    "contract.MonthMemo": "read by the next night only",
}


def test_every_model_is_in_the_change_log_or_says_why_not() -> None:
    assert OURS.keys() - watched().keys() == UNLOGGED.keys()


def test_every_model_is_in_the_tables_of_the_roles_or_says_why_not() -> None:
    granted = {f"{app}.{name}" for app, names in TABLES.items() for name in names.split()}
    assert granted <= {label.lower() for label in OURS}
    assert {label for label in OURS if label.lower() not in granted} == UNSEEN.keys()
