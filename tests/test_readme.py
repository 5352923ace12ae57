"""The examples of the README run, in the order in which a reader meets them."""

import re
from pathlib import Path
from typing import Any

import numpy as np

README = Path(__file__).resolve().parents[1] / "README.md"


def test_python_examples_of_the_readme_make_the_edit_that_they_describe() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)

    assert len(blocks) == 2
    assert names["box"] is not None
    changed = names["after"].pixels != names["before"].pixels
    assert changed[names["box"].slices].any()
    assert not changed[:200].any()  # the nodule is 150 rows below
    assert np.allclose(names["engine"].synthesize(names["edited"]).pixels, names["after"].pixels, atol=1e-4)
