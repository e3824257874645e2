"""The counties of Zhejiang by their codes (November 2024), for the list a tie is chosen from."""

from collections.abc import Mapping
from dataclasses import dataclass

# Outside the province; no policy's prefix begins so.
ELSEWHERE = "000000"
# City code and name, then the last two digits and the name of each county.
_CITIES = """
3301 杭州 02上城 05拱墅 06西湖 08滨江 09萧山 10余杭 11富阳 12临安 13临平 14钱塘 22桐庐 27淳安 82建德
3302 宁波 03海曙 05江北 06北仑 11镇海 12鄞州 13奉化 25象山 26宁海 81余姚 82慈溪
3303 温州 02鹿城 03龙湾 04瓯海 05洞头 24永嘉 26平阳 27苍南 28文成 29泰顺 81瑞安 82乐清 83龙港
3304 嘉兴 02南湖 11秀洲 21嘉善 24海盐 81海宁 82平湖 83桐乡
3305 湖州 02吴兴 03南浔 21德清 22长兴 23安吉
3306 绍兴 02越城 03柯桥 04上虞 24新昌 81诸暨 83嵊州
3307 金华 02婺城 03金东 23武义 26浦江 27磐安 81兰溪 82义乌 83东阳 84永康
3308 衢州 02柯城 03衢江 22常山 24开化 25龙游 81江山
3309 舟山 02定海 03普陀 21岱山 22嵊泗
3310 台州 02椒江 03黄岩 04路桥 22三门 23天台 24仙居 81温岭 82临海 83玉环
3311 丽水 02莲都 21青田 22缙云 23遂昌 24松阳 25云和 26庆元 27景宁 81龙泉
"""


@dataclass(frozen=True, slots=True)
class City:
    """A city with its counties by code."""

    name: str
    counties: Mapping[str, str]


def _read(line: str) -> City:
    code, name, *counties = line.split()
    return City(name, {code + each[:2]: each[2:] for each in counties})


CITIES = tuple(_read(line) for line in _CITIES.strip().splitlines())
COUNTIES: Mapping[str, str] = {
    code: f"{city.name}{name}" for city in CITIES for code, name in city.counties.items()
}
