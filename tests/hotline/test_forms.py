"""Indicators and platforms in the browser: part and whole are chosen, columns are written in words, presets fill in."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contract.roles import STAFF
from hotline.models import Indicator, Platform
from hotline.reference import presets, shipped
from tests.factories import make_user
from tests.hotline.conftest import permissions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moment")]
INDICATOR, PLATFORM = reverse("admin:hotline_indicator_add"), reverse("admin:hotline_platform_add")


@pytest.fixture
def client(contract: Any) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(make_user(party=contract.office, permissions=permissions(STAFF), is_staff=True))
    return client


def said(contract: Any, **fields: Any) -> dict[str, Any]:
    values = {
        "contract": contract.pk,
        "key": "returned",
        "title": "工单退回率",
        "window": "month",
        "direction": "at_most",
        "minimum": 30,
        "floor_percent": "2",
        "source": "合同附件三",
        "numerator": "orders_returned",
        "denominator": "orders_filed",
    }
    return values | fields


class TestIndicator:
    def test_it_is_entered_without_json_and_judged_like_the_others(self, client: Client, contract: Any) -> None:
        assert "退回的工单" in client.get(INDICATOR).content.decode()
        assert client.post(INDICATOR, said(contract)).status_code == 302
        row = Indicator.objects.get(key="returned")
        assert row.readings == {"": ["orders_returned", "orders_filed"]}
        assert (row.direction, row.floor_percent, row.window, row.minimum) == ("at_most", 2, "month", 30)

    def test_the_whole_may_be_two_figures_or_one_without_another(self, client: Client, contract: Any) -> None:
        own = {"numerator": "satisfied", "denominator": "satisfied", "plus": "dissatisfied", "less": "not_reached"}
        assert client.post(INDICATOR, said(contract, **own)).status_code == 302
        assert Indicator.objects.get().readings == {"": ["satisfied", "satisfied + dissatisfied - not_reached"]}

    def test_a_rate_that_is_counted_in_several_ways_takes_all_of_them(self, client: Client, contract: Any) -> None:
        own = {"policy": "connection_reading", "numerator": "", "denominator": "", "window": "week"}
        assert client.post(INDICATOR, said(contract, **own)).status_code == 302
        wanted = next(row["readings"] for row in shipped() if row["policy"] == "connection_reading")
        assert Indicator.objects.get().readings == wanted

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"numerator": ""}, "请选择一个数字"),
            ({"denominator": ""}, "请选择一个数字"),
            ({"policy": "connection_reading"}, "二者取一"),
            ({"window": "any_24_hours"}, "半小时数字"),
            ({"window": "week"}, "只能由日数字"),
            ({"floor_percent": "101"}, "100"),
            ({"confirmed_on": "2024-12-01"}, "文件"),
        ],
    )
    def test_what_cannot_be_counted_is_told_at_its_field(
        self, client: Client, contract: Any, fields: dict[str, Any], told: str
    ) -> None:
        answer = client.post(INDICATOR, said(contract, **fields))
        assert answer.status_code == 200
        assert told in answer.content.decode()
        assert not Indicator.objects.exists()


class TestPlatform:
    @pytest.mark.parametrize("key", presets())
    def test_a_known_platform_fills_in_the_form_and_is_entered_as_it_stands(
        self, client: Client, contract: Any, key: str
    ) -> None:
        shown = client.get(PLATFORM, {"preset": key})
        form = shown.context["adminform"].form
        assert presets()[key]["note"] in shown.content.decode()
        initial = {name: form[name].value() for name in ("layout", "clock", "note")}
        columns = form.fields["mapping"].prepare_value(form["mapping"].value())
        more = {"name": "平台", "since": "2024-11-01", "answer_seconds": 15, "short_seconds": 5}
        body = {"contract": contract.pk, **initial, "mapping": columns, **more}
        assert client.post(PLATFORM, body).status_code == 302
        row = Platform.objects.get()
        assert (row.layout, row.mapping) == (presets()[key]["layout"], presets()[key]["mapping"])

    def test_a_column_is_written_in_words_and_another_one_is_refused(self, client: Client, contract: Any) -> None:
        def send(columns: str) -> Any:
            known = {"name": "平台", "since": "2024-11-01", "layout": "sums", "clock": "beijing"}
            return client.post(
                PLATFORM,
                {"contract": contract.pk, **known, "answer_seconds": 15, "short_seconds": 5, "mapping": columns},
            )

        assert "第 2 行" in send("日期 = 日期\n呼入量").content.decode()
        assert "“心情”这一含义" in send("日期 = 日期\n心情 = 心情").content.decode()
        assert "“日期”的表头没有填写" in send("呼入量 = 呼入量").content.decode()
        assert "缺少数字的列名" in send("日期 = 日期").content.decode()
        assert send("日期 ＝ 日期\n呼入量 = 呼入量").status_code == 302
        assert Platform.objects.get().mapping == {"day": "日期", "offered": "呼入量"}

    def test_a_heading_is_corrected(self, client: Client, contract: Any) -> None:
        from tests.hotline.conftest import make_platform

        row = make_platform(contract, layout="sums", mapping={"day": "日期", "offered": "呼入量"})
        url = reverse("admin:hotline_platform_change", args=[row.pk])
        form = client.get(url).context["adminform"].form
        body = {name: form[name].value() or "" for name in form.fields if name not in ("mapping", "withdraw")}
        body["mapping"] = "日期 = 统计日期\n呼入量 = 呼入量"
        assert client.post(url, body).status_code == 302
        row.refresh_from_db()
        assert row.mapping == {"day": "统计日期", "offered": "呼入量"}
        assert row.since == date(2024, 11, 1)
