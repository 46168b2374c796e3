"""The daily digest: one mail a day for each person, never one for each alert."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import translation

from contract.choices import PartySide
from contract.delivery import mail
from contract.delivery.models import OutboxMessage
from contract.delivery.selectors import Digest, digests
from contract.delivery.services import outbox
from contract.models import Contract, Membership, Party
from contract.wording import day
from law.periods import beijing_day

KIND = "digest"
LANGUAGE = "zh-hans"


def send_digests(*, on: date, at: datetime) -> list[OutboxMessage]:
    """Put the digest of a day into the outbox, for everybody with an e-mail address.

    Who is told nothing gets no mail. A second run on the same day puts in nothing. The number of
    queries does not grow with people or alerts.
    """
    people = _people()
    if not people or not mail.is_enabled():
        return []
    parties = {party.pk for _user, of_user in people for party in of_user}
    contracts = _contracts(parties)
    with translation.override(LANGUAGE):
        found = digests(contracts, on, _last_days(contracts))
        rows = [row for user, of_user in people if (row := _message(user, of_user, found.values(), on, at)) is not None]
    return outbox.put(rows)


def preview(*, user: User, on: date) -> str:
    """What a person's digest would say, as text; empty where there is nothing to tell."""
    ids = set(Membership.objects.filter(user=user).values_list("party_id", flat=True))
    contracts = _contracts(ids)
    with translation.override(LANGUAGE):
        mine = _addressed(digests(contracts, on, _last_days(contracts)).values(), ids)
        return text_of(mine, on) if mine else ""


def _message(user: User, parties: list[Party], found: Iterable[Digest], on: date, at: datetime) -> OutboxMessage | None:
    mine = _addressed(found, {party.pk for party in parties})
    if not mine:
        return None
    subject = f"【12345热线合同】{day(on)}每日摘要：{_headline(mine)}"
    return outbox.message(
        recipient=user.email,
        kind=KIND,
        contract=None,
        party=parties[0],
        at=at,
        dedupe_key=f"digest:{on}:{user.pk}",
        payload={"subject": subject, "text": text_of(mine, on), "html": html_of(mine, on)},
    )


def _addressed(found: Iterable[Digest], party_ids: set[int]) -> list[Digest]:
    return [digest for digest in found if _party_of(digest) in party_ids and not digest.is_empty]


def text_of(mine: list[Digest], on: date) -> str:
    """The digest as plain text, in Chinese."""
    return render_to_string("digest/digest.txt", {"digests": mine, "on": on}).strip() + "\n"


def html_of(mine: list[Digest], on: date) -> str:
    """The same as HTML that refers to nothing outside."""
    return render_to_string("digest/digest.html", {"digests": mine, "on": on})


def _headline(mine: list[Digest]) -> str:
    parts = (
        ("新增", sum(digest.new.total for digest in mine)),
        ("已过期限", sum(digest.overdue.total for digest in mine)),
        ("七日内到期", sum(digest.soon.total for digest in mine)),
        ("函件待确认", sum(len(digest.letters) for digest in mine)),
    )
    return "，".join(f"{name}{number}项" for name, number in parts if number) or "有消息未送达"


def _people() -> list[tuple[User, list[Party]]]:
    parties: dict[User, list[Party]] = defaultdict(list)
    rows = Membership.objects.filter(user__is_active=True).exclude(user__email="")
    for row in rows.select_related("user", "party").order_by("user_id", "party_id"):
        parties[row.user].append(row.party)
    return list(parties.items())


def _contracts(parties: set[int]) -> list[Contract]:
    rows = Contract.objects.filter(office__in=parties) | Contract.objects.filter(vendor__in=parties)
    return list(rows.order_by("pk"))


def _last_days(contracts: Iterable[Contract]) -> dict[tuple[int, str], date]:
    """The day of the last digest of each party, by contract and side."""
    last = dict(OutboxMessage.objects.filter(kind=KIND).values_list("party").annotate(Max("created_at")))
    return {
        (contract.pk, side): beijing_day(last[party])
        for contract in contracts
        for side, party in ((PartySide.OFFICE, contract.office_id), (PartySide.VENDOR, contract.vendor_id))
        if party in last
    }


def _party_of(digest: Digest) -> int:
    contract = digest.contract
    return contract.office_id if digest.side == PartySide.OFFICE else contract.vendor_id
