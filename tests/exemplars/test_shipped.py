"""The exemplars that ship go with the models that ship, and name what they were made from."""

from dataclasses import replace

import pytest

from tests.widgets.fake_engine import ELEMENTS, FakeEngine, pelvis
from u3edu.editing.brush import BrushStroke
from u3edu.editing.exemplar_file import read_exemplar_file
from u3edu.editing.quilting import pattern_tile
from u3edu.exemplars import exemplar_path, shipped_exemplars
from u3edu.exemplars.plan import load_plan
from u3edu.model.card import ModelCard
from u3edu.model.weights_file import shipped_models, weights_path
from u3edu.widgets import Painter

LARGEST_BYTES = 32 * 1024


def card_of(model):
    return ModelCard.model_validate_json(weights_path(model).with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("model", shipped_models())
def test_every_planned_tissue_is_there_in_elements_of_the_model(model):
    exemplars = shipped_exemplars(model, card_of(model).label_elements())
    planned = [tissue.name for one in load_plan(model).slices for tissue in one.tissues]
    assert [each.name for each in exemplars] == planned
    assert exemplar_path(model).stat().st_size < LARGEST_BYTES
    for exemplar in exemplars:
        assert set(pattern_tile(exemplar, 0).ravel()) <= set(exemplar.elements)


@pytest.mark.parametrize("model", shipped_models())
def test_exemplars_are_of_patients_that_the_card_names_for_training(model):
    used = " ".join(part["used"] for part in card_of(model).data).partition("measuring")[0]
    training = used.rpartition(";")[0].lower()
    file = read_exemplar_file(exemplar_path(model))
    planned = [(one, tissue) for one in load_plan(model).slices for tissue in one.tissues]
    for one, tissue in planned:
        (source,) = (each.source for each in file.exemplars if each.name == tissue.name)
        assert one.patient.lower() in training
        assert all(word in source for word in (one.patient, one.instance_uid, "CC BY 3.0", "doi 10."))
    cited = " ".join(file.attribution)
    assert all(part["citation"].split(",")[0] in cited for part in card_of(model).data)


def test_two_tissues_of_the_issue_are_inside_nodule_contours():
    sources = {each.name: each.source for each in read_exemplar_file(exemplar_path("chest-ct")).exemplars}
    assert "contours of 4 radiologists" in sources["solid nodule"]
    assert "contours of 2 radiologists" in sources["ground-glass nodule"]


def test_model_with_other_elements_or_another_name_gets_none():
    elements = card_of("chest-ct").label_elements()
    renamed = (replace(elements[0], name="something else"), *elements[1:])
    assert shipped_exemplars("chest-ct", elements)
    assert shipped_exemplars("chest-ct", renamed) == ()
    assert shipped_exemplars("of my own", elements) == ()


def test_painter_offers_them_by_name_and_paints_with_one():
    class Engine(FakeEngine):
        name = "pelvic-mri"
        elements = card_of("pelvic-mri").label_elements()

    painter = Painter(Engine(), pelvis())
    panel = painter.bench.tissues
    names = [name for name, _ in panel.choice.options]
    assert "rectal wall" in names and "mesorectal fat" in names
    panel.choice.value = names.index("rectal wall")
    panel.active.value = True
    painter.bench.controls.chosen.use(((20.0, 20.0), (20.0, 40.0)), painter.bench)
    (stroke,) = painter.script.operations
    assert stroke.kind == "tissue_stroke" and stroke.exemplar.source.startswith("ProstateX-0000")
    assert painter.edited.any()


def test_painter_that_is_given_exemplars_offers_those_alone():
    painter = Painter(FakeEngine(), pelvis(), exemplars=())
    assert painter.bench.tissues.active.disabled
    painter.session.do(BrushStroke(element=len(ELEMENTS) - 1, points=[(9, 9)], diameter=4))
    assert len(painter.script) == 1
