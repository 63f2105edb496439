"""What holds for every calculator: what it asks, says, cites, and when it is wanted."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import knowledge
from knowledge.calculators import CALCULATORS, Calculator, on_matter, wanted

KNOWLEDGE = Path(knowledge.__file__).parent
TODAY = date(2026, 11, 28)
ANY_MACHINE = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
JARGON = re.compile(r"补足|折算系数|准驾车型|解除劳动合同|用人单位|纳税人|之规定|你(?!们)")

WANTED = {
    "retirement": [
        "我78年1月生的女职工,多大退?",
        "我75年3月的，几岁能退",
        "我爸66年的今年能退不",
        "68年的男的多大退休",
        "75年出生的女工人什么时候退休",
        "帮我算一下退休年龄",
        "算算我啥时候退休",
        "1966年5月生，男，哪年退休",
        "我今年58岁男的几岁退休",
        "我妈1973年8月15日生，什么时候能退",
        "一九七二年十一月出生，几岁退休",
        "我1976年9月的，最早几岁能退",
        "我2030年生的几岁退休",
        "我今年55，女的，啥时候能退休",
        "我妈生于1975年5月，企业工人，什么时候退休，社保要交满多少年",
        "75年的工人男什么时候退休",
    ],
    "childcare_subsidy": [
        "帮我算算育儿补贴",
        "我家娃2024年5月出生的育儿补贴能领多少",
        "双胞胎2025年3月生，育儿补贴一共多少钱",
        "孩子2024年生的育儿补贴还能领多少",
        "宝宝23年6月的，育儿补贴能领几个月",
        "娃现在1岁，育儿补贴能领多少",
        "算一下育儿补帖",
        "二宝今年3月出生，国家育儿补贴能领多少",
    ],
    "tax_deductions": [
        "帮我算算专项附加扣除",
        "我有2个孩子上小学，个税能扣多少",
        "我是独生子女,个税一个月能扣多少",
        "我在还房贷，个税能扣多少",
        "算一下我个税能抵多少",
        "我有两个娃，个税能少交多少",
    ],
    "dismissal": [
        "干了3年被辞退能赔多少钱",
        "干了3年半被开除能拿多少",
        "我2020年3月15日入职,2026年11月20日被裁员，能赔多少",
        "公司裁员，月薪8000，干了十个月能赔几个月工资",
        "帮我算算辞退补偿",
        "我工作了五年零七个月，没理由辞退我，该赔我多少",
        "2019年3月进公司,现在被辞退，能拿多少补偿",
        "一个月六千五，被炒鱿鱼，该给我多少",
        "算一下N+1",
        "老板突然不让我干了，干了两年，一个月四千五，能赔多少",
        "我2015年入职2025年离职经济补偿多少钱",
        "我到手6千，被裁了能赔多少",
    ],
    "leave": [
        "工龄12年年假几天",
        "我工作了12年，今年7月1日进新公司，年假几天",
        "工作了5年，6月30号离职，还有几天年假",
        "我剖腹产，产假多少天",
        "我怀孕3个月流产了能休几天假",
        "帮我算一下产假",
        "算算我的年假",
        "干了8个月有年假吗多少天",
    ],
    "licence_renewal": [
        "驾照2027年3月5日到期什么时候能换",
        "我2021年5月10日领的驾照，什么时候到期",
        "帮我算算驾照什么时候换证",
        "驾照2025年10月1号就过期了，还能换吗",
        "我2016年6月拿的驾照哪年换证",
    ],
}
NOT_WANTED = [
    "退休年龄是多少",
    "2025年退休年龄是多少",
    "延迟退休怎么算",
    "多大年纪可以退休",
    "女的到底是50退还是55退",
    "推迟退休从哪年开始",
    "退休要交满多少年社保",
    "我78年的，退休手续怎么办",
    "养老金怎么算",
    "帮我算一下养老金",
    "我66年生的，退休金能领多少",
    "社保能退吗，我78年1月的",
    "退休了还能上班吗，我62年的",
    "育儿补贴多少钱",
    "育儿补贴怎么领",
    "2025年育儿补贴能领多少",
    "孩子2025年出生没申请育儿补贴,现在还来得及吗",
    "育儿补贴要交税吗",
    "一胎有育儿补贴吗",
    "双胞胎育儿补贴领几份",
    "专项附加扣除怎么填",
    "房贷抵税一个月多少",
    "房租可以抵个税吗",
    "兄弟姐妹几个怎么分摊赡养老人",
    "赡养老人扣除怎么填，我是独生子女",
    "个税怎么退税",
    "生大病自己花了四万，个税能扣不",
    "被公司辞退赔多少钱",
    "公司裁员怎么赔",
    "N+1是什么意思",
    "经济补偿金怎么算",
    "月薪很高补偿有上限吗",
    "干了3年被辞退怎么申请仲裁",
    "合同到期不续签有补偿吗",
    "干了三年没休的年假给多少钱",
    "年假有几天",
    "上班满一年有几天年假",
    "老公陪产假几天",
    "干活时被机器压伤，干了3年，能赔多少钱",
    "春节放假算不算年假",
    "产假有多少天",
    "剖腹产产假几天",
    "产假工资怎么发",
    "年休假按工龄还是按本单位",
    "驾照到期怎么换",
    "驾照过期半年了怎么处理",
    "换驾照要多少钱",
    "驾照提前多久可以换",
    "算了不问了",
    "你好",
    "帮我算算房贷",
    "我78年1月生的，身份证丢了",
    "路灯坏了三天没人修",
    "小区2025年3月开始停水，什么时候能来水",
    "我有两个孩子，幼儿园怎么报名",
]


@pytest.mark.parametrize(("id_", "text"), [(id_, text) for id_, texts in WANTED.items() for text in texts])
def test_a_personal_question_is_wanted(id_: str, text: str) -> None:
    calculator = wanted(text)
    assert calculator and calculator.id == id_


@pytest.mark.parametrize("text", NOT_WANTED)
def test_a_general_question_is_not_wanted(text: str) -> None:
    assert wanted(text) is None


def test_a_calculator_out_of_force_is_neither_wanted_nor_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    text, last = "帮我算一下退休年龄", date(2027, 12, 31)
    monkeypatch.setattr(CALCULATORS["retirement"], "valid_to", last)
    days = {date(2024, 12, 31): False, date(2025, 1, 1): True, last: True, date(2028, 1, 1): False}
    assert {day: bool(wanted(text, day)) for day in days} == days
    assert {day: bool(on_matter("retirement-age", day)) for day in days} == days
    assert on_matter("no-such-entry", last) == []


def test_there_are_enough_examples() -> None:
    assert sum(map(len, WANTED.values())) >= 40 and len(NOT_WANTED) >= 40


def calculators() -> list[Any]:
    return [pytest.param(calculator, id=calculator.id) for calculator in CALCULATORS.values()]


@pytest.mark.parametrize("calculator", calculators())
def test_it_says_what_it_rests_on(calculator: Calculator) -> None:
    described = yaml.safe_load((KNOWLEDGE / "sources.yml").read_text(encoding="utf-8"))
    assert calculator.sources and {source.source for source in calculator.sources} <= set(described)
    assert {source.verified for source in calculator.sources} <= {"read", "recalled"}
    assert calculator.entries
    for entry in calculator.entries:
        assert list((KNOWLEDGE / "corpus").glob(f"*/{entry}.md")), entry
    assert isinstance(calculator.valid_from, date) and calculator.valid_from <= calculator.checked_on


@pytest.mark.parametrize("calculator", calculators())
def test_it_asks_short_and_kind(calculator: Calculator) -> None:
    names = [field.name for field in calculator.fields]
    assert len(set(names)) == len(names)
    for field in calculator.fields:
        assert len(field.ask) <= 60 and field.ask.endswith(("？", "。")), field.ask
        assert not JARGON.search(field.ask), field.ask
        assert len({choice.title for choice in field.choices}) == len(field.choices)


@pytest.mark.parametrize("calculator", calculators())
def test_its_words_are_plain(calculator: Calculator) -> None:
    for sentence in (*calculator.words.values(), *calculator.notes(*calculator.rules["notes"])):
        assert not JARGON.search(sentence), sentence


@pytest.mark.parametrize("calculator", calculators())
def test_a_choice_is_understood_by_its_title_and_its_value(calculator: Calculator) -> None:
    for field in calculator.fields:
        for choice in field.choices:
            assert calculator.read(choice.title, field.name)[field.name] == choice.value
            assert calculator.read(str(choice.value), field.name)[field.name] == choice.value


@ANY_MACHINE  # a slow one may take its time for an example, and every run tries the same ones
@given(
    text=st.text(
        st.sampled_from("年月日号生男女退假孩岁个万千百十一二三零两半多-.0123456789我干了被辞驾照到期产"), max_size=24
    )
)
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    for calculator in CALCULATORS.values():
        for asked in (None, *(field.name for field in calculator.fields)):
            try:
                json.dumps(calculator.read(text, asked))
            except ValueError as error:
                assert str(error).endswith("。")


@ANY_MACHINE
@given(data=st.data())
def test_whatever_is_chosen_the_result_is_short_and_filled_in(data: st.DataObject) -> None:
    answers: dict[str, st.SearchStrategy[Any]] = {
        "year": st.integers(1990, 2025),
        "month": st.integers(1, 11),
        "service": st.integers(1, 600),
        "date": st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(str),
        "issued": st.dates(date(1990, 1, 1), TODAY).map(str),
        "wage": st.integers(1000, 90000),
        "average": st.integers(3000, 20000),
        "medical": st.integers(0, 300000),
    }
    for calculator in CALCULATORS.values():
        values: dict[str, Any] = {}
        if calculator.id == "leave":
            values["situation"] = data.draw(st.sampled_from(["joined", "left", "whole"]))
        while field := calculator.missing(values):
            offered = [choice.value for choice in field.choices]
            values[field.name] = data.draw(answers[field.name] if field.name in answers else st.sampled_from(offered))
        result = calculator.compute(values, TODAY)
        assert len(result.text) <= 220 and result.text.endswith("。")
        assert result.notes and not re.search(r"[{}]|None", result.text + "".join(result.steps))
