"""A vendor's program on the client of openapi-python-client: URL, token, contract, a number, an alert."""

import datetime
import json
import sys

from hotline_attrs import AuthenticatedClient
from hotline_attrs.api.alerts import alerts_asked_list, alerts_responses_create
from hotline_attrs.api.attendance import contracts_attendance_update
from hotline_attrs.api.people import operators_list
from hotline_attrs.models import (
    AttendanceMonthRequest,
    AttendanceRowRequest,
    AttendanceStatusEnum,
    StatementRequestRequest,
)

url, token, contract, number, alert = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=token, prefix="Token", raise_on_unexpected_status=True)
people, page = [], 1
while True:
    answer = operators_list.sync(client=client, page=page, page_size=2)
    people += [person.employee_number for person in answer.results]
    page += 1
    if not answer.next_:
        break
row = AttendanceRowRequest(datetime.date(2025, 3, 3), AttendanceStatusEnum.ON_DUTY, employee_number=number)
month = AttendanceMonthRequest(rows=[row])
tried = contracts_attendance_update.sync(int(contract), "2025-03", client=client, body=month, validate=True)
sent = contracts_attendance_update.sync(int(contract), "2025-03", client=client, body=month)
asked = alerts_asked_list.sync(client=client)
statement = StatementRequestRequest(statement="已按期补正。")
given = alerts_responses_create.sync(int(alert), client=client, body=statement)
print(
    json.dumps(
        {
            "people": people,
            "tried": tried.created,
            "sent": sent.created,
            "asked": [one.id for one in asked.results],
            "answered": given.statement,
        }
    )
)
