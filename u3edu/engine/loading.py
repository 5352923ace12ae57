"""The engine that a notebook works with: the shared one where there is one, else the kernel's own."""

import os
from typing import TYPE_CHECKING

from u3edu.model.weights_file import weights_path

if TYPE_CHECKING:
    from u3edu.engine.local import LocalEngine
    from u3edu.engine.remote import RemoteEngine

URL, TOKEN, HUB_TOKEN = "U3EDU_ENGINE_URL", "U3EDU_ENGINE_TOKEN", "JUPYTERHUB_API_TOKEN"


def load_engine(name: str, device: str | None = None) -> "LocalEngine | RemoteEngine":
    """Load a model by its name, for example ``"pelvic-mri"``, or by the path of its weights.

    Where ``U3EDU_ENGINE_URL`` names a shared engine, pictures come from there; calls bring the
    token of ``U3EDU_ENGINE_TOKEN``, or else the Hub's.

    Parameters
    ----------
    name : str
        One of `u3edu.model.weights.shipped_models`, or a ``.safetensors`` file.
    device : str, optional
        ``"cuda"``, ``"mps"`` or ``"cpu"``: draw in this process, on that. By default the shared
        engine, or the first of them that there is.

    Raises
    ------
    UnusableWeights
        If there is no such model, or its files are damaged.
    ValueError
        If ``U3EDU_ENGINE_URL`` is no address.
    """
    url = os.environ.get(URL)
    if url and device is None:
        from u3edu.engine.remote import RemoteEngine

        token = os.environ.get(TOKEN) or os.environ.get(HUB_TOKEN) or ""
        return RemoteEngine(weights_path(name), url, token)
    from u3edu.engine import local

    return local.load_engine(name, device)
