"""What an engine decides: the tests that `.ci/run` repeats on PostgreSQL (docs/decisions/0034).

Whatever commits (`django_db(transaction=True)`) is among them by itself, for its locks.
"""

MODULES = {
    "constraints and triggers": (
        "staffing/test_overlap",
        "staffing/test_leaves",
        "staffing/test_attendance",
        "contract/test_schema",
        "contract/test_terms",
        "contract/test_fields",
        "contract/test_invisible",
        "contract/test_duties_services",
        "confidentiality/test_undertaking_services",
        "confidentiality/test_incident",
        "billing/test_claims",
        "billing/test_sheets",
    ),
    "sums": (
        "billing/test_ledger",
        "billing/test_reconciliation",
        "billing/test_instalments",
        "billing/test_payments",
        "billing/test_invoices",
        "staffing/test_days",
        "staffing/test_gaps",
    ),
    "ordering, filters and rows in sets": (
        "contract/test_api_core",
        "staffing/test_api_attendance",
        "staffing/test_checks",
    ),
    "JSON": (
        "history/test_accesses",
        "history/test_watched",
        "history/test_verify",
        "history/test_sealing",
        "history/test_replay",
        "contract/test_evaluation",
        "contract/test_reviews",
        "billing/test_statements",
    ),
    "texts cut up and removals in sets": ("keeping/test_keys", "keeping/test_retention", "keeping/test_start"),
    "jobs and claims on work": (
        "contract/test_alarms",
        "contract/test_tasks",
        "contract/test_outbox",
        "contract/test_webhooks",
        "contract/test_digest",
        "contract/test_case_concurrency",
        "contract/test_api_idempotency",
        "billing/test_quarter_files",
        "test_worker",
    ),
}
NAMES = {f"tests/{name}.py" for names in MODULES.values() for name in names}
