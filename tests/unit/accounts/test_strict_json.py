"""JSON from outside is read exactly and within bounds, or refused with a sentence."""

import contextlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts.strict_json import JsonRefused, loads

ENOUGH = 1_000_000


def read(data: bytes | str) -> object:
    return loads(data, max_bytes=ENOUGH)


def test_fractions_are_exact_decimals_and_whole_numbers_ints() -> None:
    assert read(b'{"a": 0.1, "b": 12, "c": 1.50, "d": 2e3}') == {
        "a": Decimal("0.1"),
        "b": 12,
        "c": Decimal("1.50"),
        "d": Decimal(2000),
    }


def test_an_empty_document_is_refused() -> None:
    with pytest.raises(JsonRefused, match="not JSON"):
        read(b"")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "[1, NaN]"])
def test_constants_that_are_no_json_are_refused(text: str) -> None:
    with pytest.raises(JsonRefused, match="no JSON number"):
        read(text)


@pytest.mark.parametrize("text", ["1e400", "-1E+400", "1e-400", "0.5e31", "1e" + "9" * 10_000, "0." + "1" * 10_000])
def test_decimals_beyond_exactness_are_refused(text: str) -> None:
    with pytest.raises(JsonRefused, match="beyond what is read exactly"):
        read(text)


def test_a_number_of_ten_thousand_digits_is_refused() -> None:
    with pytest.raises(JsonRefused, match="10000 digits"):
        read("9" * 10_000)


def test_a_key_that_occurs_twice_is_refused_at_any_depth() -> None:
    with pytest.raises(JsonRefused, match="'id' occurs twice"):
        read('[{"id": 1, "x": {}, "id": 1}]')


def test_two_spellings_of_one_key_are_one_key() -> None:
    with pytest.raises(JsonRefused, match="twice"):
        read('{"a": 1, "\\u0061": 2}')


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf{}", "\ufeff{}"])
def test_a_byte_order_mark_is_refused(data: bytes | str) -> None:
    with pytest.raises(JsonRefused, match="byte order mark"):
        read(data)


@pytest.mark.parametrize("data", [b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', '{"a": 1}'.encode("utf-16")])
def test_invalid_utf8_is_refused(data: bytes) -> None:
    with pytest.raises(JsonRefused, match="UTF-8"):
        read(data)


@pytest.mark.parametrize("text", ['"\\ud800"', '{"\\udfff": 1}', '[["x\\uDBFFy"]]'])
def test_half_of_a_surrogate_pair_is_refused(text: str) -> None:
    with pytest.raises(JsonRefused, match="surrogate"):
        read(text)


def test_a_whole_surrogate_pair_is_its_character() -> None:
    assert read('"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_depth_is_counted_from_the_outermost_bracket() -> None:
    assert loads("[" * 32 + "]" * 32, max_bytes=ENOUGH)
    with pytest.raises(JsonRefused, match="deeper than 32"):
        read("[" * 33 + "]" * 33)


def test_brackets_in_strings_are_no_nesting() -> None:
    assert read(json.dumps({"a": "[{" * 100, 'b"\\': '\\"[' * 50}))


def test_siblings_are_no_nesting() -> None:
    assert read("[" + ",".join(["[]"] * 100) + "]") == [[]] * 100


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, '["' + '\\"' * 200_000, '"' * 200_001])
def test_hostile_nesting_and_open_strings_are_refused_without_exhausting_anything(text: str) -> None:
    with pytest.raises(JsonRefused):
        loads(text, max_bytes=2_000_000)


def test_size_is_counted_in_bytes() -> None:
    assert loads('"äää"', max_bytes=8) == "äää"
    with pytest.raises(JsonRefused, match="8 bytes; at most 7"):
        loads('"äää"', max_bytes=7)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_whatever_comes_is_read_or_refused(data: bytes | str) -> None:
    with contextlib.suppress(JsonRefused):
        read(data)


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(_values)
def test_what_json_wrote_is_read_back(value: object) -> None:
    assert read(json.dumps(value)) == value
    assert read(json.dumps(value, ensure_ascii=False)) == value
