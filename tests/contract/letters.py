"""Letters for tests that look at what is around them, without printing one."""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile

from contract.letters.choices import NoticeKind, NoticeMeans
from contract.letters.models import Notice, NoticeSubject
from contract.models import Contract
from tests.factories import make_user
from tests.papers import PDF

AT = datetime(2025, 3, 10, 1, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "document": {},
    "vendor": {"name": "示例公司"},
    "office": {"name": "示例办公室"},
    "letter": {"opening": "开头", "sections": [["一、情况", ["正文"]]], "closing": "特此函告。"},
}


def make_notice(contract: Contract, **fields: Any) -> Notice:
    ordinal = Notice.objects.filter(contract=contract).count() + 1
    subject = fields.pop("subject", ("contract.Alert", 1))
    values: dict[str, Any] = {
        "kind": NoticeKind.EXPLANATION,
        "year": 2025,
        "ordinal": ordinal,
        "number": f"测{contract.pk}函〔2025〕{ordinal}号",
        "title": "示例函",
        "recipient": contract.vendor,
        "days": 5,
        "means": NoticeMeans.SYSTEM,
        "issued_on": date(2025, 3, 10),
        "issued_at": AT,
        "facts": FACTS,
        "facts_sha256": "0" * 64,
        "pdf_sha256": sha256(PDF).hexdigest(),
        "file": ContentFile(PDF, "x.pdf"),
    }
    values.setdefault("issued_by", fields.pop("issued_by", None) or make_user())
    notice = Notice.objects.create(contract=contract, **(values | fields))
    NoticeSubject.objects.create(notice=notice, subject_label=subject[0], subject_pk=subject[1], name="缺岗 某人")
    return notice
