"""The groups of further controls under the painter's tools."""

import ipywidgets

from u3edu.editing.stages import Stages
from u3edu.widgets.history_list import HistoryList
from u3edu.widgets.mode_choice import ModeChoice
from u3edu.widgets.script_files import ScriptFiles
from u3edu.widgets.sections import Sections
from u3edu.widgets.stages_panel import StagesPanel
from u3edu.widgets.workbench import Workbench


def further_controls(bench: Workbench, stages: Stages) -> Sections:
    """Everything that is not needed for a first stroke, a group at a time."""
    session = bench.session
    return Sections(
        {
            "View": bench.view,
            "Limits": bench.limits,
            "Regions": bench.regions,
            "Tissue": bench.tissues,
            "Recipes": bench.recipes,
            "By numbers": bench.numbers,
            "History": ipywidgets.VBox([HistoryList(session), ScriptFiles(session)]),
            "Stages": StagesPanel(session, stages),
            "Picture": ModeChoice(session),
        }
    )
