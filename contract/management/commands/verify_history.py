"""`manage.py verify_history`: compare the tables with the change log, and it with its seals.

It goes on from the head at which the last comparison found everything in order; `--full` begins at the first entry.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contract.history import seals, services, verification
from contract.history.models import ChainHead, ChangeCheck
from contract.history.problems import Problem
from contract.keeping import start
from kit import clock

SHOWN = 100


class Command(BaseCommand):
    help = "Name every row that was changed, added or removed behind the program's back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", action="store_true", help="only print the head of the chain, to keep outside")
        parser.add_argument("--since", metavar="NUMBER:HASH", help="a head kept outside: the chain must contain it")
        parser.add_argument(
            "--full",
            action="store_true",
            help="compare everything, not only what was written since the last comparison; finds what was changed in "
            "old rows",
        )
        parser.add_argument(
            "--adopt",
            metavar="REASON",
            help="take over the rows that do not agree, as they stand, and log that and why",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        start.require_keys()  # with other keys every encrypted value would look altered
        if options["head"]:
            seals.seal()
            head = ChainHead.objects.filter(pk=1).first() or ChainHead()
            self.stdout.write(f"{head.sequence}:{head.hash}")
            return
        if options["adopt"] is not None:
            self._adopt(options["adopt"].strip())
        broken = _since(options["since"])
        # What was taken over is of any age.
        result, problems = services.check(clock.now(), full=options["full"] or options["adopt"] is not None)
        if broken is not None:
            problems.insert(0, broken)
        if options["format"] == "json":
            self.stdout.write(_as_json(result, problems))
        else:
            self._tell(result, problems)
        if problems:
            raise SystemExit(1)

    def _adopt(self, reason: str) -> None:
        if not reason:
            raise CommandError(_("--adopt: say why, for example “first start with the log”."))
        taken = services.adopt(reason)
        self.stderr.write(_("%(count)d rows were taken over as they stand.") % {"count": taken})

    def _tell(self, result: ChangeCheck, problems: list[Problem]) -> None:
        for problem in problems[:SHOWN]:
            self.stdout.write(self.style.ERROR(str(problem)))
        if len(problems) > SHOWN:
            self.stdout.write(_("… and %(count)d more") % {"count": len(problems) - SHOWN})
        head = f"{result.head_sequence}:{result.head_hash}"
        params = {"entries": result.entries, "count": len(problems), "head": head}
        if problems:
            sentence = ngettext(
                "%(entries)d entries checked: %(count)d thing does not agree. Head %(head)s",
                "%(entries)d entries checked: %(count)d things do not agree. Head %(head)s",
                len(problems),
            )
            self.stdout.write(self.style.ERROR(sentence % params))
        else:
            sentence = _("%(entries)d entries checked: everything agrees. Head %(head)s")
            self.stdout.write(self.style.SUCCESS(sentence % params))
        if not result.is_full:
            full = services.last_full()
            self.stdout.write(
                _("Compared was what is new. Everything was last compared on %(day)s: --full does so again.")
                % {"day": f"{timezone.localtime(full.finished_at):%Y-%m-%d %H:%M}"}
                if full
                else _("Compared was what is new. Everything has never been compared: --full does so.")
            )


def _since(head: str | None) -> Problem | None:
    if head is None:
        return None
    number, colon, hash_ = head.strip().partition(":")
    if not (colon and number.isdigit() and len(number) < 18 and len(hash_) == 64):
        raise CommandError(
            _("--since: “%(head)s” is no head. Give what `verify_history --head` printed.") % {"head": head[:80]}
        )
    return verification.since(int(number), hash_)


def _as_json(result: ChangeCheck, problems: list[Problem]) -> str:
    full = services.last_full()
    return json.dumps(
        {
            "entries": result.entries,
            "head": f"{result.head_sequence}:{result.head_hash}",
            "full": result.is_full,
            "last_full": full.finished_at.isoformat() if full and full.finished_at else None,
            "problems": [{**p.as_dict(), "text": str(p)} for p in problems],
        },
        ensure_ascii=False,
        indent=1,
    )
