"""Forms of platforms and indicators: columns by their meaning, and how a rate is counted, without a line of JSON."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from contract.admin.records import WithdrawForm
from contract.terms import POLICIES
from hotline.choices import Layout
from hotline.figures import OF_A_DAY, OF_A_MONTH
from hotline.models.platform import COLUMNS
from hotline.reference import shipped


def _word(label: Any) -> str:
    """A meaning without what stands behind it in brackets."""
    return re.split(r"\s*[(（]", str(label))[0]


class ColumnsField(forms.CharField):
    """What is meant and its heading, one a line: “calls offered = 呼入量”. Kept as {"offered": "呼入量"}."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        # A table of calls has no heading of a day, one of sums always: the same word means two things.
        labels = COLUMNS[Layout.SEATS if "login" in value else Layout.SUMS if "day" in value else Layout.CALLS]
        return "\n".join(f"{_word(labels.get(meant, meant))} = {heading}" for meant, heading in value.items())

    def to_python(self, value: Any) -> Any:
        """The lines as pairs of text; the form knows by the layout what they mean."""
        pairs: dict[str, str] = {}
        for number, line in enumerate((value or "").splitlines(), start=1):
            meant, sign, heading = (part.strip() for part in line.replace("＝", "=").partition("="))
            if not line.strip():
                continue
            if not sign or not meant or not heading:
                raise ValidationError(
                    gettext("Line %(number)d: write what is meant, “=”, and the heading.") % {"number": number}
                )
            pairs[meant] = heading
        return pairs

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial or {}) != "\n".join((data or "").splitlines()))


class PlatformForm(WithdrawForm):
    """A platform; the columns of its tables are written by their meaning."""

    mapping = ColumnsField(label=_("columns"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("mapping"):
            known = {layout: "、".join(map(str, labels.values())) for layout, labels in COLUMNS.items()}
            field.help_text = gettext(
                "For tables only, one a line, like “day = 日期”. Two columns are added by “+”, a group stands before "
                "“/”. A row a call: %(calls)s. A row a day or half hour: %(sums)s."
            ) % {"calls": known[Layout.CALLS], "sums": known[Layout.SUMS]}
            field.help_text += gettext(" A table of the seats: %(seats)s.") % {"seats": known[Layout.SEATS]}

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        labels = COLUMNS.get(found.get("layout", ""), {})
        keys = {_word(label): name for name, label in labels.items()}
        if "mapping" in found:
            found["mapping"] = {keys.get(_word(meant), meant): text for meant, text in found["mapping"].items()}
        return found


FIGURES: list[Any] = [
    ("", "–"),
    (_("Figures of days"), list(OF_A_DAY.items())),
    (_("Figures of months"), list(OF_A_MONTH.items())),
]
COUNTED = ("policy", "numerator", "denominator", "plus", "less")


def _readings() -> dict[str, Any]:
    """The ways of counting for which the program knows a reading that chooses, by its key."""
    return {row["policy"]: row["readings"] for row in shipped() if row["policy"]}


def _figure(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=FIGURES, widget=UnfoldAdminSelectWidget)


class IndicatorForm(WithdrawForm):
    """An indicator. How it is counted is chosen once, from the figures that are kept."""

    policy = forms.ChoiceField(
        label=_("counted as"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("One of the rates that are counted in several ways; empty: part and whole below."),
    )
    numerator = _figure(pgettext_lazy("rate", "part"))
    denominator = _figure(pgettext_lazy("rate", "whole"))
    plus = _figure(_("whole: and"))
    less = _figure(_("whole: without"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            known = [(key, POLICIES[key].label) for key in _readings()]
            self.fields["policy"].choices = [("", "–"), *known]  # type: ignore[attr-defined]
        else:
            for name in COUNTED:
                self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.instance.pk is None:
            self.instance.readings = self._counted(found)
        return found

    def _counted(self, found: Mapping[str, Any]) -> dict[str, list[str]]:
        policy, part, whole = (found.get(name) or "" for name in ("policy", "numerator", "denominator"))
        if policy:
            if part or whole:
                self.add_error("policy", gettext("Choose this, or part and whole."))
            own: dict[str, list[str]] = _readings()[policy]
            return own
        for name, given in (("numerator", part), ("denominator", whole)):
            if not given:
                self.add_error(name, gettext("Choose a figure."))
        more = "".join(f" {sign} {found[name]}" for name, sign in (("plus", "+"), ("less", "-")) if found.get(name))
        return {"": [part, f"{whole}{more}"]}

    def add_error(self, field: Any, error: Any) -> None:
        """What is wrong with the way of counting is told at the figure that stands over the line."""
        if isinstance(error, ValidationError) and "readings" in getattr(error, "error_dict", ()):
            if not {"numerator", "denominator"} & set(self.errors):
                super().add_error("numerator", error.error_dict.pop("readings"))
            error.error_dict.pop("readings", None)
            if not error.error_dict:
                return
        super().add_error(field, error)
