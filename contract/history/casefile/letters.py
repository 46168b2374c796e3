"""The office's letters about an alert: what was written, how it went out, when it arrived."""

from typing import Any

from contract.delivery.models import OutboxMessage
from contract.history.casefile.sheets import Sheet, name_of
from contract.letters.models import Notice
from contract.models import Alert


def letters_about(alert: Alert) -> list[Notice]:
    """Every letter that names the alert, in the order of their numbers."""
    found = Notice.objects.filter(subjects__subject_label="contract.Alert", subjects__subject_pk=alert.pk)
    return list(
        found.select_related("recipient", "issued_by", "corrects")
        .prefetch_related("arrivals__recorded_by", "arrivals__corrects")
        .order_by("pk")
    )


def letters_sheet(folder: str, notices: list[Notice]) -> Sheet:
    """Letters with their arrivals and the proof of their messages."""
    header = [
        "文号",
        "类别",
        "标题",
        "主送",
        "收件人",
        "出具日期",
        "出具时间",
        "出具人",
        "更正",
        "送达日期",
        "送达方式",
        "签收人",
        "送达记录时间",
        "送达记录人",
        "名义期限",
        "法定期限",
        "更正的送达记录",
        "发送情况",
        "事项校验值 SHA-256",
        "PDF 校验值 SHA-256",
    ]
    sent = _sent(notices)
    rows = [_row(notice, sent.get(f"notice:{notice.pk}", [])) for notice in notices]
    return Sheet(folder, "函件及送达", "函件及送达", header, rows)


def letter_files(notices: list[Notice]) -> list[tuple[str, Any, str]]:
    """Title, file and checksum on record of each letter and of each proof of arrival."""
    files: list[tuple[str, Any, str]] = []
    for notice in notices:
        files.append((f"函件{notice.pk}-{notice.number}", notice.file, notice.pdf_sha256))
        for number, arrival in enumerate(notice.arrivals.all()):
            if arrival.proof:
                files.append((f"函件{notice.pk}-送达凭证{number or ''}", arrival.proof, ""))
    return files


def _row(notice: Notice, sent: list[str]) -> tuple[Any, ...]:
    arrival = notice.arrival
    arrived: tuple[Any, ...] = ("",) * 7
    if arrival is not None:
        arrived = (
            arrival.arrived_on,
            arrival.get_means_display(),
            arrival.received_by,
            arrival.recorded_at,
            name_of(arrival.recorded_by),
            arrival.nominal_due_on,
            arrival.legal_due_on,
        )
    return (
        notice.number,
        notice.get_kind_display(),
        notice.title,
        notice.recipient.name,
        notice.recipient_person,
        notice.issued_on,
        notice.issued_at,
        name_of(notice.issued_by),
        notice.corrects.number if notice.corrects else "",
        *arrived,
        "；".join(_corrected(notice)),
        "；".join(sent),
        notice.facts_sha256,
        notice.pdf_sha256,
    )


def _corrected(notice: Notice) -> list[str]:
    """The records of its arrival that another one took the place of: day, by whom, and why."""
    return [
        f"{one.corrects.arrived_on}（{name_of(one.recorded_by)}更正：{one.correction_reason}）"
        for one in reversed(notice.arrivals.all())
        if one.corrects
    ]


def _sent(notices: list[Notice]) -> dict[str, list[str]]:
    """What became of the e-mails that carried the letters. Webhooks carry no letter."""
    found: dict[str, list[str]] = {}
    keys = [f"notice:{notice.pk}" for notice in notices]
    for row in OutboxMessage.objects.filter(dedupe_key__in=keys, endpoint=None).order_by("pk"):
        when = f" {row.sent_at:%Y-%m-%d %H:%M}Z" if row.sent_at else ""
        found.setdefault(row.dedupe_key, []).append(f"{row.address} {row.get_state_display()}{when}")
    return found
