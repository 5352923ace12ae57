"""YAML as people write cases: words stay words, and what is written comes back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from u3edu.cases.problem import InvalidCase
from u3edu.cases.yaml_text import MOST_DEPTH, MOST_VALUES, dump_yaml, load_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("010", "010"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("12", 12),
        ("-1.5", -1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("null", None),
        ("", None),
        ("'12'", "12"),
        ("T2", "T2"),
    ],
)
def test_a_word_means_what_a_person_wrote(text: str, value: object) -> None:
    assert load_yaml(f"a: {text}\n".encode(), "case.yaml") == {"a": value}


letters = st.text(alphabet="aé:-#&*?!'\" \n0.1", max_size=8)
plain = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | letters


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "no", "12"]), plain | st.lists(plain, max_size=3)))
def test_what_is_written_comes_back(data: dict[str, object]) -> None:
    text = dump_yaml({f"field {name}": value for name, value in data.items()}).encode("utf-8")
    assert load_yaml(text, "x.yaml") == {f"field {name}": value for name, value in data.items()}


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>?'\"\n #%@`,0", max_size=60).map(str.encode))
def test_whatever_bytes_come_the_answer_is_data_or_one_line(content: bytes) -> None:
    said = "x.yaml: "
    try:
        load_yaml(content, "x.yaml")
    except InvalidCase as error:
        said = str(error)
    assert said.startswith("x.yaml: ") and "\n" not in said


def test_depth_and_number_of_values_are_bounded() -> None:
    load_yaml(b"[" * MOST_DEPTH + b"]" * MOST_DEPTH, "x.yaml")
    with pytest.raises(InvalidCase, match="nested deeper"):
        load_yaml(b"[" * 100_000, "x.yaml")
    with pytest.raises(InvalidCase, match=f"more than {MOST_VALUES}"):
        load_yaml(b"- 1\n" * (MOST_VALUES + 1), "x.yaml")
