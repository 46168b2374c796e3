"""How the turn in a case and its excuses look."""

from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from contract.admin.display import badge, days_left
from contract.choices import Holder
from contract.models import Excuse
from contract.rules.cases import Ball

HOLDERS = {
    Holder.VENDOR: ("calm", "storefront"),
    Holder.HANDLER: ("open", "person"),
    Holder.SECOND: ("open", "how_to_reg"),
}


def holder_mark(ball: Ball, today: date) -> SafeString | str:
    """Who holds the ball, what for, and until when; a dash where nothing is left to do."""
    if ball.holder == Holder.NOBODY:
        return "–"
    mark = badge(*HOLDERS[ball.holder], f"{ball.holder.label}：{ball.step.label}")
    if ball.due_on is None:
        return mark
    return format_html("{} {}", mark, days_left(ball.due_on, today))


def excuse_mark(row: Excuse) -> SafeString:
    """Where an excuse stands."""
    if row.revoked_on:
        return badge("calm", "undo", gettext("revoked"))
    if row.approved_on:
        return badge("good", "verified_user", gettext("approved"))
    return badge("warn", "how_to_reg", gettext("awaits a second person"))
