"""The closed vocabularies of delivery."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.TextChoices):
    """What other systems can be told of, as it happens: one message for each."""

    ALERT_RAISED = "alert.raised", _("Alert raised")
    ALERT_NOTIFIED = "alert.notified", _("Alert: the vendor was told")
    ALERT_ANSWERED = "alert.answered", _("Alert: the vendor has answered")
    ALERT_SILENT = "alert.silent", _("Alert: no answer in time")
    ALERT_PROPOSED = "alert.proposed", _("Alert: a decision is proposed")
    ALERT_DECIDED = "alert.decided", _("Alert decided")
    ALERT_CLOSED = "alert.closed", _("Alert closed")
    ALERT_CURED = "alert.cured", _("Alert cured")
    NOTICE_ISSUED = "notice.issued", _("Letter issued")
    NOTICE_ARRIVED = "notice.arrived", _("Letter arrived")


OCCASIONS: dict[str, Any] = {
    **dict(Event.choices),
    "digest": _("digest of the day"),
    "account.handover": _("work handed over"),
}
"""What a message was written for, in words."""


class Channel(models.TextChoices):
    """The way a message takes."""

    EMAIL = "email", _("E-mail")
    WEBHOOK = "webhook", _("Webhook")


class WebhookFormat(models.TextChoices):
    """What the receiver of a webhook understands."""

    JSON = "json", _("Signed JSON (own receiver)")
    WECOM = "wecom", _("WeCom group robot")
    DINGTALK = "dingtalk", _("DingTalk group robot")
    FEISHU = "feishu", _("Feishu group robot")


class MailSecurity(models.TextChoices):
    """How the way to the mail server is encrypted."""

    TLS = "tls", _("TLS from the start (usually port 465)")
    STARTTLS = "starttls", _("STARTTLS (usually port 587)")
    NONE = "none", _("none: only inside one's own network (usually port 25)")


class MessageState(models.TextChoices):
    """Where a message stands. "Sent" means that the receiving server took it over."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Taken over by the receiver")
    FAILED = "failed", _("Given up")


class AttemptOutcome(models.TextChoices):
    """How one attempt ended. A worker that died leaves it unknown."""

    UNKNOWN = "unknown", _("Unknown (broken off)")
    ACCEPTED = "accepted", _("Accepted")
    FAILED = "failed", _("Failed, to be tried again")
    REFUSED = "refused", _("Refused for good")
