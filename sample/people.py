"""Invented people: the same ones every time, from a number.

Names are put together from the lists below. Resident ID numbers lie in area 999999, which does not
exist, and carry valid check digits; telephone numbers begin with 100, which no network uses. Any
likeness is chance.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum.cn import ric

AREA = "999999"

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
WOMEN = (
    "晓燕",
    "丽娟",
    "雪梅",
    "静怡",
    "雅琴",
    "婷婷",
    "海霞",
    "慧敏",
    "玉洁",
    "佳琪",
    "文静",
    "春玲",
    "思雨",
    "梦瑶",
    "艳红",
    "淑芳",
    "小曼",
    "欣悦",
    "若兰",
    "秀云",
    "晨曦",
    "巧玲",
    "诗涵",
    "爱华",
    "月华",
    "明霞",
    "凤英",
    "可欣",
    "紫薇",
    "冬梅",
    "素雅",
    "盈盈",
    "楚楚",
    "亚男",
    "珊珊",
    "芷若",
)
MEN = (
    "建国",
    "志强",
    "浩然",
    "俊杰",
    "伟东",
    "子轩",
    "海涛",
    "文博",
    "鹏飞",
    "晓峰",
    "立新",
    "振华",
    "少华",
    "明远",
    "天佑",
    "国栋",
    "宇航",
    "家豪",
    "永刚",
    "思远",
    "向阳",
    "宏伟",
    "一鸣",
    "书豪",
)


@dataclass(frozen=True)
class Person:
    """One invented person, as the vendor's HR would enter them."""

    number: str
    name: str
    sex: str
    born_on: date
    resident_id: str
    phone: str
    hired_on: date
    education: str
    clean_record_proved_on: date


def person(order: int, hired_on: date, age: int | None = None) -> Person:
    """The person with this order number (1 to 999), hired on a day.

    `age` in full years at hire, 20 to 33 where it is left out. Who it is depends on nothing but
    the arguments.
    """
    draw = Random(order)
    sex = "female" if draw.random() < 0.72 else "male"
    years = age if age is not None else 20 + int(draw.random() * 14)
    # Full years at hire: the last birthday lies 1 to 364 days back.
    birthday_before = hired_on - timedelta(days=1 + int(draw.random() * 364))
    born_on = _years_before(birthday_before, years)
    education = "bachelor" if years >= 22 and draw.random() < 0.4 else "college"
    return Person(
        number=number(order),
        name=_name(order, sex),
        sex=sex,
        born_on=born_on,
        resident_id=resident_id(born_on, order, sex),
        phone=f"100{order:08d}",
        hired_on=hired_on,
        education=education,
        clean_record_proved_on=hired_on - timedelta(days=7 + int(draw.random() * 14)),
    )


def number(order: int) -> str:
    """The employee number of a person of the sample."""
    return f"HT{order:03d}"


def resident_id(born_on: date, order: int, sex: str) -> str:
    """A resident ID number of area 999999: the order within a day is odd for men (GB 11643)."""
    serial = (order * 2 + (sex == "male")) % 1000
    body = f"{AREA}{born_on:%Y%m%d}{serial:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def _name(order: int, sex: str) -> str:
    """Different for different numbers: the lists are walked with steps prime to their lengths."""
    given = WOMEN if sex == "female" else MEN
    return SURNAMES[order * 7 % len(SURNAMES)] + given[order * 5 % len(given)]


def _years_before(day: date, years: int) -> date:
    if (day.month, day.day) == (2, 29):
        day -= timedelta(days=1)
    return day.replace(year=day.year - years)
