"""Units by what people type: names in both languages, codes, pinyin in full, by initials, mixed and unfinished."""

import pytest
from sqlalchemy import Connection, text

from layers.gazetteer import Gazetteer
from layers.pinyin import initials, readings

ROWS = text("""
    SELECT id, id AS last_id, code, level, rank::smallint, parent AS parent_id, name, name_en,
           121.5::float AS lon, 29.8::float AS lat
    FROM (VALUES
        (1, '330200000000', 'city', 0, NULL, '宁波市', 'Ningbo'),
        (2, '330212000000', 'district', 1, 1, '鄞州区', 'Yinzhou District'),
        (3, '330225000000', 'district', 1, 1, '象山县', 'Xiangshan County'),
        (4, '500100000000', 'district', 1, 1, '重庆路区', 'Chongqing Road District'),
        (5, '330212005000', 'street', 2, 2, '东柳街道', 'Dongliu Subdistrict'),
        (6, '330225005000', 'street', 2, 3, '石浦镇', 'Shipu Town'),
        (7, '330212005001', 'community', 3, 5, '象来社区', 'Xianglai Community'),
        (8, '330212005001001', 'grid', 4, 7, '第1网格', 'Grid 1'),
        (9, '330212005001002', 'grid', 4, 7, '第2网格', 'Grid 2'),
        (10, '330225005001', 'community', 3, 6, '绿地社区', 'Greenland 50% Community')
    ) AS made (id, code, level, rank, parent, name, name_en)
    ORDER BY rank, code
""")


@pytest.fixture
def gazetteer(connection: Connection) -> Gazetteer:
    return Gazetteer(connection.execute(ROWS).mappings().all())


def names(gazetteer: Gazetteer, words: str, limit: int = 5) -> list[str]:
    return [entry.unit.name for entry in gazetteer.find(words, limit)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("鄞州", "鄞州区"),
        ("州区", "鄞州区"),
        ("yzq", "鄞州区"),
        ("YZ", "鄞州区"),
        ("yinzhou", "鄞州区"),
        ("yinzhouqu", "鄞州区"),
        ("yin zhou qu", "鄞州区"),
        ("yinzq", "鄞州区"),
        ("鄞zq", "鄞州区"),
        ("yinzho", "鄞州区"),
        ("yzhq", "鄞州区"),
        ("yinzhou dist", "鄞州区"),
        ("xsx", "象山县"),
        ("xiangshan", "象山县"),
        ("chongqing", "重庆路区"),
        ("zhongqing", "重庆路区"),
        ("zq", "重庆路区"),
        ("cqlq", "重庆路区"),
        ("spz", "石浦镇"),
        ("shpzh", "石浦镇"),
        ("lvdi", "绿地社区"),
        ("ludi", "绿地社区"),
        ("50%", "绿地社区"),
        ("330212005001", "象来社区"),
        ("330225", "象山县"),
        ("第2", "第2网格"),
        ("d2wg", "第2网格"),
        ("象来 第2", "第2网格"),
        ("yinzhou grid 1", "第1网格"),
    ],
)
def test_what_people_type_finds_the_unit_first(gazetteer: Gazetteer, words: str, first: str) -> None:
    assert names(gazetteer, words)[:1] == [first]


@pytest.mark.parametrize("words", ["", " ", "火星", "qzy", "象山 第2", "a" * 41, "1 2 3 4 5 6 7", "\n", "*"])
def test_what_fits_nothing_finds_nothing(gazetteer: Gazetteer, words: str) -> None:
    assert names(gazetteer, words) == []


def test_whole_names_come_before_parts_and_higher_levels_before_lower(gazetteer: Gazetteer) -> None:
    assert names(gazetteer, "象") == ["象山县", "象来社区"]
    assert names(gazetteer, "网格") == ["第1网格", "第2网格"]
    assert names(gazetteer, "3302")[:3] == ["宁波市", "鄞州区", "象山县"]
    assert names(gazetteer, "3302", limit=1) == ["宁波市"]


def test_a_unit_is_told_with_the_way_to_it(gazetteer: Gazetteer) -> None:
    (found,) = gazetteer.find("象来 第1网格", 1)
    assert [unit.name for unit in found.path] == ["宁波市", "鄞州区", "东柳街道", "象来社区", "第1网格"]
    assert (found.lon, found.lat) == (121.5, 29.8)


def test_a_city_without_units_has_none_to_find() -> None:
    assert Gazetteer([]).find("yzq", 5) == []


def test_a_character_has_all_its_readings() -> None:
    assert readings("重") >= {"zhong", "chong"}
    assert initials("重") >= {"z", "zh", "c", "ch"}
    assert readings("a") == initials("1") == frozenset()
