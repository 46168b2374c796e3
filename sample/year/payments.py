"""Four instalments: paid on the last day, paid a day late, paid before the invoice, not due yet."""

from sample.year.events import Accepted, InvoiceAccepted, Invoiced, InvoiceReturned, Paid, day
from sample.year.words.claims import AcceptanceConfirmed

# The invoice's clock ends on 02-07, that of acceptance on Sunday 02-09, so on 02-10.
ON_THE_LAST_DAY = (
    Invoiced(day(1, 8), 1, "25412000000010000017"),
    InvoiceAccepted(day(1, 9), 1),
    Accepted(day(1, 10), 1, "passed", points=(96, 88, 90, 92)),
    AcceptanceConfirmed(day(1, 13), 1),
    Paid(day(2, 10), 1, "JZ-2025-0210-01"),
)

# A first invoice comes before the quarter's last day and starts nothing; it is returned. The clocks of the
# second end on 05-08 and, after a Saturday, on Monday 05-12; the office pays on 05-13.
ONE_DAY_LATE = (
    Invoiced(day(3, 20), 2, "25412000000010000024"),
    InvoiceReturned(day(4, 7), 2, "备注栏未注明合同编号，请重新开具。"),
    Invoiced(day(4, 8), 2, "25412000000010000031"),
    InvoiceAccepted(day(4, 9), 2),
    Accepted(day(4, 10), 2, "passed", points=(92, 86, 88, 88)),
    AcceptanceConfirmed(day(4, 11), 2),
    Paid(day(5, 13), 2, "JZ-2025-0513-01"),
)

# The office pays on 07-25, the invoice comes on 08-05.
BEFORE_THE_INVOICE = (
    Accepted(
        day(7, 10),
        3,
        "passed_with_remarks",
        "6 月人员到位率低于约定标准，请乙方提交整改说明。",
        points=(76, 85, 88, 84),
    ),
    AcceptanceConfirmed(day(7, 16), 3, "对验收结果无异议，整改说明另行报送。"),
    Paid(day(7, 25), 3, "JZ-2025-0725-01"),
    Invoiced(day(8, 5), 3, "25412000000010000048"),
    InvoiceAccepted(day(8, 6), 3),
)

EVENTS = (*ON_THE_LAST_DAY, *ONE_DAY_LATE, *BEFORE_THE_INVOICE)
