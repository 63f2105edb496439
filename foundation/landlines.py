"""Finds phones that are not mobile: with an area code anywhere, without one where the words around them say so.

Seven or eight digits may be anything, so what stands before, after or alone decides. Every pattern has a bounded
length, so that reading a text takes time in proportion to it.
"""

import re
from collections.abc import Iterable, Iterator

Span = tuple[int, int]

DASH = "[-‐‑‒–—―−－]"
GAP = rf"(?: {{1,2}}|[.·]| ?{DASH}{{1,2}} ?)?"  # between the digits of one number
_SPLIT = rf"(?: {{1,2}}|·| ?{DASH}{{1,2}} ?)"
_CHINESE = "[零〇一幺二两三四五六七八九]"
_GROUPED = rf"[2-8]\d{{2,3}}{_SPLIT}\d{{4}}|[2-8]\d(?:{_SPLIT}\d\d){{3}}"
_AREA = r"(?:10|2\d|[3-9]\d{2})"

# 2026-11-28 and 20261128, 2019-2025, 2030-2130
_DATE = (
    rf"(?:19|20)\d\d{GAP}(?:0[1-9]|1[0-2]){GAP}(?:0[1-9]|[12]\d|3[01])(?!\d)|(?:19|20)\d\d{_SPLIT}(?:19|20)\d\d"
    rf"|2[0-3][0-5]\d{_SPLIT}(?:[01]\d|2[0-4])[0-5]\d"
)
# But 65123456张先生, 65123456只在白天打, 65123456万一没人接 are phones.
_MEASURES = (
    "元|块|万(?!一)|亿|千(?!万)|百|美元|美金|港币|欧元|日元|人民币|分钱|平方|平米|㎡|米|公里|吨|公斤|千克|斤|克|度|升|"
    "个(?!人)|名(?!字)|户(?!主)|件|份|次|条|辆|台|套|头|亩|票|岁|年|月|日|%|倍|步|期|股|人次|人口|[多余](?:元|块|人|吨|万)|左右"
)
_IS_AMOUNT = rf"\.\d| ?(?:{_MEASURES})"
_NUMBER = (
    rf"(?!{_DATE})(?:[2-8]\d{{6,7}}(?!\d)(?!{DASH}\d{{6}})|(?![48]00)(?:{_GROUPED})(?!{GAP}\d)"
    rf"|[二三四五六七八]{_CHINESE}{{6,7}}(?!{_CHINESE}))(?!{_IS_AMOUNT})"
)
_BEFORE = r"(?<![\d+])(?<!\d[.,])"

_WITH_AREA = [
    re.compile(r"(?<!\d)0\d{2,3}[ \-]?\d{7,8}(?!\d)"),
    re.compile(rf"(?<!\d)[(（]?0{_AREA}[)）]?{GAP}(?:\d{{7,8}}(?!\d)|(?:{_GROUPED})(?!{GAP}\d))"),
    re.compile(
        rf"(?<![\d.])(?:\+|00)?86{GAP}[(（]?0?[)）]?{_AREA}[)）]?{GAP}(?:\d{{7,8}}(?!\d)|(?:{_GROUPED})(?!{GAP}\d))"
    ),
    re.compile(rf"(?<![\d)）])\+(?!86)\d{{1,3}}{GAP}\d(?:{GAP}\d){{6,11}}(?!\d)(?!{_IS_AMOUNT})"),
    re.compile(rf"(?<!{_CHINESE})[零〇]{_CHINESE}{{9,11}}(?!{_CHINESE})"),
]

_NO_CALL = "印卡车折款工针架击扫开包人钱造算扰破断假牌麻赏捞井药桩孔球游官"  # 打印, 打卡, 打车 … call nobody
_PEOPLE = "先生|女士|师傅|小姐|阿姨|大爷|大妈|大姐|大哥|叔叔|老师|经理|主任|同志"
_CUE = (
    r"(?:(?:电话|電話|座机|座機|固话|手机)(?:号码?|號碼?)?|(?:我的?|联系|来电|主叫|办公室?|家里?的?)号码"
    r"|联系(?:方式|人)?|聯[繫絡]|致电|来电|回电|传真|热线|(?:拨|撥)(?:打|通|号)?(?![款付备])"
    rf"|打(?![{_NO_CALL}])|呼叫|找(?=[我他她您])|(?<![A-Za-z])(?:tel|phone|call|fax|mobile)(?![A-Za-z]))"
)
# What stands between a cue and its number; these say that the number is something else's.
_ELSE = "号號单编证账费款卡码元楼案第尾价共约总欠赔赚花付收交罚表邮备登合牌积数量资薪钱额息"
_AFTER_CUE = re.compile(
    rf"(?:{_CUE}(?:号(?=[是为: ]))?(?:单位|(?![{_ELSE}])[^\d\n。!?！？;；]){{0,6}}?|(?:{_PEOPLE})[ ,，:：(（的]{{0,3}})"
    rf"{_BEFORE}({_NUMBER})",
    re.IGNORECASE,
)
_BEFORE_CUE = re.compile(
    rf"{_BEFORE}({_NUMBER})(?=(?:[,，。 ]{{0,2}}这?是[我他她您]?们?(?:家|单位|公司|店)?[里的]?|这个)(?:电话|座机|固话))"
)
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙段雷汤尹黎易常武乔贺赖龚余"
)
_NAME = rf"(?:我[是叫])?[{_SURNAMES}](?:(?![{_ELSE}])[\u4e00-\u9fff]){{1,2}}"
# A whole message, as an answer to "how can we reach you"; 2350000 answers another question.
_ALONE = re.compile(rf"\A(?:{_NAME}[,，:： ]{{1,2}})?(?![\d \-]*00\Z)({_NUMBER})(?:[,， ]{{1,2}}{_NAME})?\Z")
_AND = r"(?:[/、,，] ?(?:或者?|和|及)?| ?(?:或者?|和|及)| {1,2}) ?"
_JOINED = re.compile(rf"(?: ?[转\-]\d{{1,5}})?{_AND}({_NUMBER})")


def landlines(text: str) -> Iterator[Span]:
    """Where the phones of a normalised text may stand that are not mobile."""
    for pattern in _WITH_AREA:
        yield from (match.span() for match in pattern.finditer(text))
    for pattern in (_AFTER_CUE, _BEFORE_CUE, _ALONE):
        yield from (match.span(1) for match in pattern.finditer(text))


def joined(text: str, ends: Iterable[int]) -> Iterator[Span]:
    """The further phones of lists such as 65123456 或 65123457, given where phones end."""
    known, open_ends = set(ends), list(ends)
    while open_ends:
        match = _JOINED.match(text, open_ends.pop())
        if match and match.end() not in known:
            known.add(match.end())
            open_ends.append(match.end())
            yield match.span(1)
