"""Everybody on post holds a post, posts are filled, and the place is one that was agreed.

Articles 3 and 6. Both speak of the present: one finding for the contract, while it is in force.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message
from staffing.rules.people import PersonFact, PlacesFact

NAMED_AT_MOST = 20


@dataclass(frozen=True)
class PostFact:
    """A post; `sizes` are the later numbers of people, each from its day on, in their order."""

    pk: int
    name: str
    planned: int
    sizes: tuple[tuple[date, int], ...] = ()

    def planned_on(self, day: date) -> int:
        """For how many people it is planned on a day."""
        return next((people for since, people in reversed(self.sizes) if since <= day), self.planned)


def post_structure(
    contract: ContractFacts, people: Sequence[PersonFact], posts: Sequence[PostFact], as_of: date
) -> Iterator[Finding]:
    """Operators without a post, planned posts without anyone, and posts short while others have too many, on the day.

    Where people are missing altogether the headcount says so, and not the structure.
    """
    if not contract.in_force(as_of):
        return
    here = [(person, span) for person in people if (span := person.span_on(as_of))]
    homeless = [(person, span) for person, span in here if span.post_id is None]
    held = {post.pk: 0 for post in posts}
    for _person, span in here:
        if span.post_id in held:
            held[span.post_id] += 1
    planned = {post.pk: post.planned_on(as_of) for post in posts}
    empty = [post for post in posts if planned[post.pk] and not held[post.pk]]
    short = [post for post in posts if held[post.pk] < planned[post.pk]]
    misplaced = sum(planned[post.pk] - held[post.pk] for post in short) > max(sum(planned.values()) - len(here), 0)
    if not people:
        outcome = Outcome.UNDETERMINED
        message = Message(_("No assignment is on record: whether the posts are held is unproven."))
    elif not posts:
        outcome = Outcome.UNDETERMINED
        message = Message(_("No post is set up on this contract: the structure cannot be judged."))
    elif homeless:
        outcome = Outcome.NOT_MET
        message = Message(
            _("%(count)d people on post hold no post: %(names)s."),
            count=len(homeless),
            names=_names(person.name for person, _span in homeless),
        )
    elif empty:
        outcome = Outcome.AT_RISK
        message = Message(
            _("Everybody holds a post; nobody holds: %(posts)s."), posts=_names(post.name for post in empty)
        )
    elif misplaced:
        outcome = Outcome.AT_RISK
        message = Message(
            _("Everybody holds a post, and others have more people than planned while these are short: %(posts)s."),
            posts=_names(f"{post.name} {held[post.pk]}/{planned[post.pk]}" for post in short),
        )
    else:
        outcome = Outcome.MET
        message = Message(_("Everybody holds a post, and every planned post is held."))
    yield Finding(
        check_id="staffing.post_structure",
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        message=message,
        measured=str(len(here) - len(homeless)),
        required=str(len(here)),
        figures={
            "without_post": [person.pk for person, _span in homeless][:NAMED_AT_MOST],
            "empty_posts": [post.pk for post in empty],
            "held": {post.name: held[post.pk] for post in posts},
            "planned": {post.name: planned[post.pk] for post in posts},
        },
        evidence=tuple(
            Evidence("staffing.Assignment", span.pk, person.name) for person, span in homeless[:NAMED_AT_MOST]
        ),
    )


def service_place(
    contract: ContractFacts, people: Iterable[PersonFact], places: PlacesFact, as_of: date
) -> Iterator[Finding]:
    """Assignments up to the day whose place was neither named nor designated."""
    until = min(as_of, contract.last_day)
    spans = [(p, span) for p in people for span in p.spans if span.starts_on <= until]
    if not spans:
        return
    elsewhere = [(p, span) for p, span in spans if not places.allows(span, until)]
    message = (
        Message(
            _("%(count)d assignments name a place that was not agreed: %(names)s."),
            count=len(elsewhere),
            names=_names(f"{person.name} ({span.place})" for person, span in elsewhere),
        )
        if elsewhere
        else Message(_("Everybody serves at a place that was agreed."))
    )
    yield Finding(
        check_id="staffing.service_place",
        contract_id=contract.pk,
        outcome=Outcome.NOT_MET if elsewhere else Outcome.MET,
        subject=contract.subject,
        message=message,
        measured=str(len(spans) - len(elsewhere)),
        required=str(len(spans)),
        figures={"named": places.named, "designated": sorted(places.designated)},
        evidence=tuple(
            Evidence("staffing.Assignment", span.pk, f"{person.name} {span.place}")
            for person, span in elsewhere[:NAMED_AT_MOST]
        ),
    )


def _names(names: Iterable[str]) -> str:
    """At most twenty names; how many more."""
    listed = list(names)
    more = len(listed) - NAMED_AT_MOST
    return "、".join(listed[:NAMED_AT_MOST]) + (f" +{more}" if more > 0 else "")
