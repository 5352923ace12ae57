"""Whether JupyterLab has what the painter needs in the page and in the kernel."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from u3edu.doctor.finding import Finding, mind, ok, wrong

# The page's half of each widget package, and the package that brings it.
EXTENSIONS = {
    "@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets",
    "anywidget": "anywidget",
    "ipycanvas": "ipycanvas",
}
NEWS = "@jupyterlab/apputils-extension:notification"
SETTINGS = Path(sys.prefix) / "share" / "jupyter" / "lab" / "settings"


def check_extensions() -> Iterator[Finding]:
    """The extensions of JupyterLab that draw the widgets: there, and not disabled."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_federated_extensions, get_page_config

    places = jupyter_path("labextensions")
    there = get_federated_extensions(places)
    disabled = get_page_config(places, str(SETTINGS)).get("disabledExtensions", [])
    for name, package in EXTENSIONS.items():
        subject = f"page {package}"
        if name not in there:
            yield wrong(
                subject,
                f"JupyterLab does not find its extension {name}, and widgets would stay blank",
                f"run: pip install --force-reinstall --no-deps {package}, and reload the page",
            )
        elif any(one.split(":")[0] == name for one in disabled):
            yield wrong(
                subject,
                f"its extension {name} is disabled in JupyterLab's settings",
                f"run: jupyter labextension enable {name}",
            )
        else:
            yield ok(subject, f"its extension {there[name].get('version', '')} is enabled in JupyterLab")


def check_kernel() -> Iterator[Finding]:
    """The kernel that notebooks start by default: whether its Python has this u3edu."""
    from jupyter_client.kernelspec import KernelSpecManager

    import u3edu

    kernels = KernelSpecManager().get_all_specs()
    if "python3" not in kernels:
        yield wrong(
            "kernel", "JupyterLab has no kernel python3", "run: python -m ipykernel install --sys-prefix"
        )
        return
    python = kernels["python3"]["spec"]["argv"][0]
    # A bare name is replaced by the Python that runs JupyterLab.
    if not Path(python).is_absolute() or Path(python).parent == Path(sys.executable).parent:
        yield ok("kernel", "notebooks run in this environment")
        return
    remedy = f"remove {kernels['python3']['resource_dir']}, or install u3edu there too"
    program = "import u3edu; print(u3edu.__version__)"
    try:
        found = subprocess.run([python, "-c", program], capture_output=True, text=True, cwd="/")
    except OSError as error:
        yield wrong("kernel", f"its Python {python} cannot be started ({error.strerror})", remedy)
        return
    if found.returncode:
        yield wrong("kernel", f"notebooks run in {python}, which has no u3edu", remedy)
    elif found.stdout.strip() != u3edu.__version__:
        yield wrong(
            "kernel",
            f"notebooks run in {python} with u3edu {found.stdout.strip()}; this is {u3edu.__version__}",
            remedy,
        )
    else:
        yield ok("kernel", f"notebooks run in {python}, which has u3edu {u3edu.__version__}")


def check_settings() -> Iterator[Finding]:
    """The settings that a course gives JupyterLab for everybody: no question about news."""
    path = SETTINGS / "overrides.json"
    try:
        settings = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        settings = {}
    except ValueError as error:
        yield wrong(
            "settings",
            f"{path} is no JSON ({error}), and JupyterLab reads none of it",
            f"copy deploy/lab-overrides.json to {path}",
        )
        return
    if settings.get(NEWS, {}).get("fetchNews") == "false":
        yield ok("settings", "JupyterLab asks nobody whether to fetch news")
    else:
        yield mind(
            "settings",
            "JupyterLab will ask every trainee whether to fetch news",
            f"copy deploy/lab-overrides.json to {path}",
        )
