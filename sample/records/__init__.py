"""Events of the sample year become records, through the services that people use.

One file a subject. A new kind of event is a class in `sample.year.events` and a function here,
registered with `@record.register`.
"""

from sample.records import duties, employer, papers, payments, people, secrecy, service
from sample.records.attendance import report
from sample.records.employer import plan
from sample.records.setup import prepare
from sample.records.year import ONE_DAY, Year, days, months, record

__all__ = [
    "ONE_DAY",
    "Year",
    "days",
    "duties",
    "employer",
    "months",
    "papers",
    "payments",
    "people",
    "plan",
    "prepare",
    "record",
    "report",
    "secrecy",
    "service",
]
