"""The report of an evaluation: one HTML file that needs nothing beside it."""

from collections.abc import Iterator, Sequence
from html import escape

import u3edu
from u3edu.evaluation import report_figures as draw
from u3edu.evaluation.appearance import reading_windows
from u3edu.evaluation.figures import ModelFigures
from u3edu.evaluation.plate import SIDE, grey_png, label_png, telling_crops
from u3edu.evaluation.table import realism_rows, reconstruction_cells

_STYLE = """
:root { color-scheme: light; --ink: #1f2328; --soft: #57606a; --line: #d0d7de }
:root { --good: #1a7f37; --short: #bc4c00 }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: #fff }
main { max-width: 1400px; margin: 0 auto; padding: 2.5rem 1.5rem 5rem }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .3rem }
h2 { font-size: 1.35rem; margin: 3rem 0 .6rem; padding-top: .8rem; border-top: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 1.6rem 0 .4rem }
p { max-width: 46rem; margin: .4rem 0 } .soft { color: var(--soft) }
.goals { display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: .7rem }
.goals { margin: 1rem 0 }
.goal { border: 1px solid var(--line); border-top: 4px solid var(--short) }
.goal { border-radius: 6px; padding: .6rem .8rem }
.goal.met { border-top-color: var(--good) }
.goal b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums }
.goal span { display: block; font-size: .8rem; color: var(--soft); line-height: 1.35 }
.plate { background: #0d1117; color: #c9d1d9; border-radius: 8px; padding: 1rem; overflow-x: auto }
.plate div { display: flex; flex-wrap: wrap; gap: 10px; margin-bottom: 10px }
.plate figure { margin: 0; flex: none } .plate figcaption { font-size: .8rem; padding-bottom: .25rem }
.plate img { display: block; image-rendering: pixelated }
.drawings { display: grid; grid-template-columns: repeat(auto-fit, minmax(430px, 1fr)); gap: 1.6rem 2.2rem }
.drawings figure { margin: 0 } .drawings img { width: 100%; height: auto }
.drawings figcaption { font-size: .88rem; color: var(--soft) } .drawings strong { color: var(--ink) }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line) }
"""


def html_report(models: Sequence[ModelFigures]) -> str:
    """The report of one or several models on the same patients, the first one in front.

    Parameters
    ----------
    models : sequence of ModelFigures
        Their patients are the same, in the same order.
    """
    title = f"{models[0].title}: how real its pictures look"
    beside = f", beside {escape(', '.join(model.title for model in models[1:]))}" if len(models) > 1 else ""
    patients = ", ".join(patient.patient for patient in models[0].patients)
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p class=soft>Measured on {escape(patients)}{beside}. u3edu {u3edu.__version__}. Pictures marked "
        "“made” are synthetic, for education only.</p>",
    ]
    for index in range(len(models[0].patients)):
        parts += _patient_parts(models, index)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style><main>{''.join(parts)}</main></html>\n"
    )


def _patient_parts(models: Sequence[ModelFigures], index: int) -> Iterator[str]:
    first = models[0]
    patient = first.patients[index]
    yield f"<h2>{escape(patient.patient)}</h2>"
    yield f"<p>{patient.slices} slices of one patient. Another patient may look better or worse.</p>"
    for model in models:
        yield f"<h3>{escape(model.title)}</h3><div class=goals>"
        for goal in model.goals(index):
            state = ("met", "reached") if goal.met else ("short", "not reached")
            yield (
                f'<div class="goal {state[0]}"><span>{escape(goal.name)}</span><b>{escape(goal.figure)}</b>'
                f"<span>{state[1]}: {escape(goal.aim)}</span></div>"
            )
        yield "</div>"
    yield "<h3>Look</h3>"
    yield from _plate(models, index)
    yield "<h3>Measure</h3><div class=drawings>"
    yield from _drawings(models, index)
    yield "</div><h3>All figures</h3>"
    yield from _tables(models, index)


def _plate(models: Sequence[ModelFigures], index: int) -> Iterator[str]:
    """Crops at twice their size, then whole slices, one dot a pixel."""
    example = models[0].examples[index]
    picture = example.picture
    rows, columns = picture.shape
    yield (
        f"<p class=soft>The middle slice. Crops of {SIDE} pixels at twice their size, where there is most to "
        "see; then all of it, one dot a pixel.</p><div class=plate>"
    )
    crops = telling_crops(picture, example.body)
    for place, scale in [(crop, 2) for crop in crops] + [((slice(0, rows), slice(0, columns)), 1)]:
        for window in reading_windows(picture):
            yield "<div>"
            yield _image(grey_png(picture, window, place), place, scale, f"real, {window.name} window")
            for model in models:
                made = model.examples[index].reconstruction
                yield _image(grey_png(made, window, place), place, scale, f"made: {model.title}")
            if window is reading_windows(picture)[0]:
                yield _image(label_png(example.label_map, place), place, scale, "elements")
            yield "</div>"
    yield "</div>"


def _image(address: str, place: tuple[slice, slice], scale: int, caption: str) -> str:
    height, width = (scale * (side.stop - side.start) for side in place)
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f'<img src="{address}" width="{width}" height="{height}" alt="{escape(caption)}"></figure>'
    )


def _drawings(models: Sequence[ModelFigures], index: int) -> Iterator[str]:
    named = [(model.title, model.patients[index]) for model in models]
    elements = models[0].examples[index].label_map.elements
    drawings = [
        (
            "Fine detail.",
            "Power in windows of 64 pixels inside the body. What falls short on the right is missing grain.",
            draw.spectrum_drawing(named),
        ),
        (
            "Gradients.",
            "A posterised picture has a heap on the left: places without any gradient.",
            draw.gradient_drawing(named),
        ),
        (
            "Contour lines, flat places, noise.",
            "Against the real picture, at the same pixels; 1 is perfect. Noise is a robust standard "
            "deviation within elements.",
            draw.boundary_drawing(named),
        ),
        (
            "Stability of labels.",
            "How often a pixel keeps its element under each transformation of moderate magnitude.",
            draw.views_drawing(named),
        ),
        (
            f"Elements of {models[0].title}.",
            "An element left of the dotted line is hardly one.",
            draw.shares_drawing(
                models[0].patients[index],
                [element.name for element in elements],
                [element.colour for element in elements],
            ),
        ),
    ]
    readings = [(model.title, model.reader[index]) for model in models if model.reader]
    if readings:
        drawings.append(
            (
                "Automatic reader.",
                "A classifier that learned on other patients tells real slices from made ones; the closer to "
                "the diagonal, the better the pictures. In brackets a 95 % interval over the slices.",
                draw.reader_drawing(readings),
            )
        )
    for name, words, address in drawings:
        yield (
            f'<figure><img src="{address}" alt="{escape(name)} {escape(words)}">'
            f"<figcaption><strong>{escape(name)}</strong> {escape(words)}</figcaption></figure>"
        )


def _tables(models: Sequence[ModelFigures], index: int) -> Iterator[str]:
    names = [escape(model.title) for model in models]
    yield f"<table><tr><th>measure<th>{'<th>'.join(names)}<th>perfect"
    reconstructions = [dict(reconstruction_cells(model.patients[index])) for model in models]
    for key in reconstructions[0]:
        cells = "<td>".join(escape(cell[key]) for cell in reconstructions)
        yield f"<tr><th>{escape(key)}<td>{cells}<td>"
    for rows in zip(*(realism_rows(model.patients[index]) for model in models), strict=True):
        cells = "<td>".join(escape(row[1]) for row in rows)
        yield f"<tr><th>{escape(rows[0][0])}<td>{cells}<td>{escape(rows[0][2])}"
    yield "</table>"
