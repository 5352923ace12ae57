"""What `import u3edu` offers, and at what price."""

import subprocess
import sys

import pytest

import u3edu


@pytest.mark.parametrize("name", u3edu.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(u3edu, name) is not None
    assert name in dir(u3edu)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'segmnt'"):
        u3edu.segmnt  # noqa: B018


def test_importing_and_asking_for_help_load_neither_torch_nor_numpy() -> None:
    program = "import sys, u3edu, u3edu.cli; print({'torch', 'numpy', 'pydicom'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
