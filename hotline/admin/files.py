"""The page that takes a file of a platform in, once it was looked at: its figures, or its seat log."""

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from hotline.figures import LABELS
from hotline.intake import files
from hotline.intake.seats import SeatsRead
from hotline.intake.sums import DayRead, Read
from hotline.models import Platform, SeatDay, SeatLogin, ServiceDay
from hotline.services import figures, seats
from hotline.services.figures import refuse_days
from kit import clock
from kit.errors import RowErrors
from kit.files.spreadsheets import SpreadsheetError

DAYS_SHOWN, NAMED = 62, 60
WHOLE_DAY = (0, 86_400)


class FileForm(forms.Form):
    """A file of the platform; `confirm` is the checksum of the one that was looked at."""

    file = forms.FileField(label=_("file of the platform"), widget=UnfoldAdminFileFieldWidget)
    confirm = forms.CharField(required=False, widget=forms.HiddenInput)


class FilePage:
    """One way to read a file: what it needs, what it shows beside the record, and what is written."""

    permissions: ClassVar[tuple[str, ...]]
    template: ClassVar[str]
    title: ClassVar[Any]
    shown_on: ClassVar[str]

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def read(self, file: Any) -> Any:
        raise NotImplementedError

    def take_in(self, read: Any) -> str:
        """Write what was read; returns what is said of it."""
        raise NotImplementedError

    def seen(self, read: Any) -> dict[str, Any]:
        raise NotImplementedError

    def respond(self, model_admin: Any, request: HttpRequest) -> HttpResponse:
        """Look, and with the checksum of what was looked at take in."""
        form = FileForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {"form": form}
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            sha256 = hashlib.sha256(file.read()).hexdigest()
            file.seek(0)
            try:
                read = self.read(file)
                if form.cleaned_data["confirm"] == sha256:
                    messages.success(request, self.take_in(read))
                    month = f"&month={read.days[-1].day:%Y-%m}" if read.days else ""
                    return HttpResponseRedirect(f"{reverse(self.shown_on)}?contract={self.platform.contract_id}{month}")
                context |= {"read": read, "more": max(len(read.days) - DAYS_SHOWN, 0), **self.seen(read)}
                context |= {"form": FileForm(initial={"confirm": sha256}), "name": file.name}
            except SpreadsheetError as error:
                context["faults"] = [("", str(error))]
            except RowErrors as error:
                context["faults"] = [(f"{row.index + 1} {row.field}", row.message) for row in error.errors]
        page = {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": gettext(self.title) % {"platform": self.platform.name},
            "platform": self.platform,
            **context,
        }
        return TemplateResponse(request, self.template, page)

    @classmethod
    def view(cls, model_admin: Any) -> Any:
        """The view, for the admin of the platforms."""

        def of_platform(request: HttpRequest, pk: int) -> HttpResponse:
            platform = model_admin.get_queryset(request).filter(pk=pk).first()
            if not request.user.has_perms(cls.permissions):
                raise PermissionDenied
            if platform is None or not platform.stands:
                raise Http404
            return cls(platform).respond(model_admin, request)

        return model_admin.admin_site.admin_view(of_platform)


class FiguresPage(FilePage):
    """The calls of a file as sums of its days."""

    permissions = ("hotline.add_serviceday", "hotline.change_serviceday")
    template = "admin/hotline/files.html"
    title = _("Files of %(platform)s")
    shown_on = "admin:hotline_serviceday_month"

    def read(self, file: Any) -> Read:
        return files.read(self.platform, [file])

    def take_in(self, read: Read) -> str:
        taken = figures.take_in(
            contract=self.platform.contract, days=read.days, today=clock.today(), platform=self.platform
        )
        return gettext("Taken in: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.") % vars(taken.result)

    def seen(self, read: Read) -> dict[str, Any]:
        """The days of a file, a figure that differs from the record with the old one."""
        names = [name for name in LABELS if any(name in one.figures for one in read.days)]
        shown = read.days[:DAYS_SHOWN]
        rows = ServiceDay.objects.filter(contract=self.platform.contract_id, day__in=[one.day for one in shown])
        known = {row.day: row for row in rows}
        before = {day: row.figures for day, row in known.items()}
        return {
            "empty": "、".join(f"{day}" for day in read.empty[:DAYS_SHOWN]),
            "shorter": "、".join(
                f"{one.day}" for one in read.days if one.day in known and _is_shorter(one, known[one.day])
            ),
            "heads": [LABELS[name] for name in names],
            "rows": [
                (one.day, [_cell(one.figures, before.get(one.day, {}), name) for name in names], one.day in known)
                for one in shown
            ],
        }


class SeatsPage(FilePage):
    """Who was signed in, by day."""

    permissions = ("hotline.add_seatday", "hotline.change_seatday")
    template = "admin/hotline/seats.html"
    title = _("Seat log of %(platform)s")
    shown_on = "admin:hotline_seatday_compare"

    def read(self, file: Any) -> SeatsRead:
        read = files.read_seats(self.platform, file)
        refuse_days(self.platform.contract, read.days, clock.today())
        return read

    def take_in(self, read: SeatsRead) -> str:
        taken = seats.take_in_file(platform=self.platform, read=read, today=clock.today())
        said = gettext("Taken in: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.") % vars(taken.result)
        if taken.entered:
            number = {"n": len(taken.entered)}
            said += gettext(" %(n)d logins are employee numbers and were entered as theirs.") % number
        return said

    def seen(self, read: SeatsRead) -> dict[str, Any]:
        """The days of a log beside those on record, and the logins that nobody is known by."""
        contract = self.platform.contract_id
        known = {row.day: row for row in SeatDay.objects.filter(contract=contract)}
        mapped = set(SeatLogin.objects.filter(contract=contract, withdrawn_on=None).values_list("login", flat=True))
        rows = []
        for one in read.days[:DAYS_SHOWN]:
            signed, old = {session[0] for session in one.sessions}, known.get(one.day)
            before = len({session[0] for session in old.sessions}) if old else len(signed)
            told = "" if one.told == WHOLE_DAY else f"{_clock(one.told[0])}–{_clock(one.told[1])}"
            cells = [
                (told or gettext("the whole day"), ""),
                (len(signed), f"{before}" if before != len(signed) else ""),
                (len(one.sessions), ""),
                (len(set(one.calls) - signed), ""),
            ]
            rows.append((one.day, cells, old is not None))
        return {
            "heads": [_("the file speaks of"), _("logins signed in"), _("sessions"), _("answered without sign-in")],
            "rows": rows,
            "unknown": sorted(read.logins - mapped)[:NAMED],
        }


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def _is_shorter(one: DayRead, row: ServiceDay) -> bool:
    """Whether a file begins or ends within a day of which the record has more: another file has the rest."""
    new, old = one.halves.get("offered"), row.halves.get("offered")
    if not new or not old or not any(new):
        return False
    begins = next(half for half, number in enumerate(new) if number)
    ends = len(new) - next(place for place, number in enumerate(reversed(new)) if number)
    return any(old[:begins]) or any(old[ends:])


def _cell(new: Mapping[str, int | None], old: Mapping[str, int | None], name: str) -> tuple[str, str]:
    """A figure, and the old one where it is another."""
    figure, before = new.get(name), old.get(name)
    said = "–" if figure is None else f"{figure:,}"
    return said, f"{before:,}" if before is not None and figure is not None and before != figure else ""
