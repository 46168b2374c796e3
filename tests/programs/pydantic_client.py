"""A vendor's program on the client of openapi-generator: URL, token, contract, a number, an alert."""

import datetime
import json
import sys

import hotline_pydantic as hotline

url, token, contract, number, alert = sys.argv[1:]
settings = hotline.Configuration(host=url, api_key={"token": token}, api_key_prefix={"token": "Token"})
with hotline.ApiClient(settings) as client:
    people, page = [], 1
    while True:
        answer = hotline.PeopleApi(client).operators_list(page=page, page_size=2)
        people += [person.employee_number for person in answer.results]
        page += 1
        if not answer.next:
            break
    status = hotline.AttendanceStatusEnum.ON_DUTY
    row = hotline.AttendanceRowRequest(day=datetime.date(2025, 3, 3), status=status, employee_number=number)
    month = hotline.AttendanceMonthRequest(rows=[row])
    attendance = hotline.AttendanceApi(client)
    tried = attendance.contracts_attendance_update(int(contract), "2025-03", month, validate=True)
    sent = attendance.contracts_attendance_update(int(contract), "2025-03", month)
    alerts = hotline.AlertsApi(client)
    asked = alerts.alerts_asked_list()
    statement = hotline.StatementRequestRequest(statement="已按期补正。")
    given = alerts.alerts_responses_create(int(alert), statement)
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
