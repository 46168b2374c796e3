"""What is sent to each field and must be refused, as data: fields by their kind, bad values by the kind.

`RAW` stands for a number as it is written, which no Python value is.
"""

FIELDS = """
POST alerts/{pk}/extensions until_on:day reason:text
POST alerts/{pk}/responses statement:text
POST consents contract:key kind:choice subject:text purpose:text request_document:text
POST service-reports schedule:key period_start:day title:text document:text summary:text
POST force-majeure-events contract:key title:text description:text occurred_on:day
POST force-majeure-events/{pk}/end ended_on:day
POST amendments contract:key title:text document:text effective_from:day note:text
POST amendments/{pk}/agree updated_at:instant
POST disputes contract:key title:text description:text clause_refs:text
POST operators vendor:key name:text sex:choice resident_id:text phone:text
POST operators hired_on:day education:choice is_full_time_degree:flag clean_record_proved_on:day
POST assignments contract:key operator:key post:key place:text starts_on:day
POST assignments ends_on:day end_reason:choice notice_on:day fills_gap:key
POST leaves contract:key operator:key kind:choice starts_on:day ends_on:day
POST qualification-proofs operator:key kind:choice dated_on:day document:text note:text
POST trainings operator:key contract:key starts_on:day ends_on:day topic:text hours:number document:text
POST trial-assessments operator:key contract:key assessed_on:day is_passed:flag score:decimal document:text
POST employment-contracts operator:key signed_on:day starts_on:day ends_on:day document:text
POST hours-approvals contract:key document:text authority:text post:key approved_on:day valid_from:day valid_until:day
POST pay-proofs contract:key kind:choice month:day paid_on:day document:text declared_by:text
POST labour-matters contract:key kind:choice title:text persons:number occurred_on:day known_on:day effect:text
POST replacement-demands/{pk}/fulfil assignment:key
POST invoices instalment:key kind:choice issued_on:day gross:decimal net:decimal tax:decimal
POST invoices vat_rate:decimal reverses:key
POST acceptance-sheets/{pk}/answer confirm:flag opinion:text
POST quarter-files instalment:key replaces:key reason:text
POST undertakings contract:key operator:key signed_on:day document_number:text
POST data-returns contract:key manner:choice done_on:day scope:text document:text
POST offboardings assignment:key materials_on:day devices_on:day accounts_on:day note:text
POST disclosures contract:key recipient:text content:text purpose:text disclosed_on:day consent:key
POST incidents contract:key title:text description:text occurred_on:day found_at:instant measures:text
POST incident-persons incident:key operator:key name:text involvement:text cooperated_on:day
"""

VALUES = {
    "key": ["x", -1, 2**70, 999_999_999, "RAW 1e999", 1.5, [], {}, True, "九"],
    "day": ["2025-02-30", "2025/03/01", "昨天", 20250301, [], {}, "2025-03-01T08:00", "0000-01-01", "2025-W10"],
    "text": [[], {}, True, "字" * 5_000],
    "choice": ["nothing", [], {}, 7],
    "flag": ["maybe", [], {}, 7],
    "number": ["x", [], {}, -1, 10**30, "RAW 1e999"],
    "decimal": ["x", [], {}, "NaN", "RAW 1e999", "1e30"],
    "instant": ["2025-03-01", "2025-02-30T08:00:00+08:00", "昨天", 5, [], {}, "0001-01-01T00:00:00+14:00"],
}

CASES = [
    (route, name, value)
    for line in FIELDS.strip().splitlines()
    for method, path, *fields in [line.split()]
    for route in [f"{method} {path}"]
    for name, kind in (field.split(":") for field in fields)
    for value in VALUES[kind]
]
