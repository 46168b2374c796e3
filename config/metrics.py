"""Figures for Prometheus: of the running program only, never of people or contracts.

They are read from the database when they are asked for, so every process gives the same answer.
"""

from collections.abc import Iterable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from contract.alarms import disk, heartbeats, standing
from contract.delivery.selectors import waiting
from contract.selectors.evaluation import lagging, last_run
from kit import clock


class _Figures(Collector):
    def collect(self) -> Iterable[GaugeMetricFamily]:
        now, today = clock.now(), clock.today()
        ages = GaugeMetricFamily("hotline_silence_seconds", "Since the last sign of life of a part", labels=["part"])
        for part, age in sorted(heartbeats.ages(now).items()):
            ages.add_metric([part], age.total_seconds())
        yield ages
        alarms = GaugeMetricFamily("hotline_alarm", "1 for each alarm that stands", labels=["name"])
        for alarm in standing(now, today):
            alarms.add_metric([alarm.name], 1)
        yield alarms
        yield GaugeMetricFamily(
            "hotline_contracts_behind", "Contracts not evaluated as of today", value=lagging(today).count()
        )
        run = last_run()
        if run is not None and run.finished_at is not None:
            yield GaugeMetricFamily(
                "hotline_evaluation_age_seconds",
                "Since the last evaluation ended",
                value=(now - run.finished_at).total_seconds(),
            )
        yield GaugeMetricFamily("hotline_outbox_waiting", "Messages that are due and not delivered", value=waiting(now))
        free = disk.left()
        if free is not None:
            yield GaugeMetricFamily("hotline_disk_free_bytes", "Free beside the documents", value=free * 2**20)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as Prometheus reads them; 503 without a database."""
    registry = CollectorRegistry(auto_describe=False)
    try:
        registry.register(_Figures())
        body = generate_latest(registry)
    except DatabaseError:
        return HttpResponse("# the database cannot be reached\n", status=503, content_type="text/plain")
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)
