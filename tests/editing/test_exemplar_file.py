"""Exemplars are kept in a file beside a model's weights."""

import pytest

from tests.editing.patterns import round_exemplar
from u3edu.editing import InvalidEdit, load_exemplars, save_exemplars


def kept(name):
    return round_exemplar("blotched", 20).model_copy(update={"name": name, "source": "phantom, seed 0"})


def test_exemplars_come_back_as_they_were(tmp_path):
    exemplars = (kept("muscle"), kept("fat"))
    save_exemplars(exemplars, tmp_path / "model.exemplars.json")
    assert load_exemplars(tmp_path / "model.exemplars.json") == exemplars


@pytest.mark.parametrize(
    ("exemplars", "words"),
    [
        ((kept("fat"), kept("fat")), "more than one exemplar is called 'fat'"),
        ((kept(""),), "a name and a source"),
        ((kept("fat").model_copy(update={"source": ""}),), "a name and a source"),
    ],
)
def test_exemplars_without_names_of_their_own_or_a_source_are_not_written(tmp_path, exemplars, words):
    with pytest.raises(InvalidEdit, match=words):
        save_exemplars(exemplars, tmp_path / "model.exemplars.json")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no exemplars of version 1"),
        ('{"version": 9, "exemplars": []}', "version"),
        ('{"exemplars": [{"shape": [2, 2], "data": "AAAA"}]}', "exemplars.0"),
    ],
)
def test_file_that_holds_no_exemplars_is_refused_by_name(tmp_path, text, words):
    path = tmp_path / "model.exemplars.json"
    path.write_text(text)
    with pytest.raises(InvalidEdit, match=f"model.exemplars.json.*{words}"):
        load_exemplars(path)
