"""From events to states: a recording, and what was known at each of its moments.

Read in this order: `recording`, `state`, `fold`, `moments`, `words`, `narrate`. This part knows no tensors, no arrays and no pictures.
"""

from autograd_viz.trace.fold import fold, state_at, walk
from autograd_viz.trace.moments import Moment, moments_of
from autograd_viz.trace.narrate import narrate
from autograd_viz.trace.recording import Recording
from autograd_viz.trace.state import GraphState
from autograd_viz.trace.words import Names

__all__ = ["GraphState", "Moment", "Names", "Recording", "fold", "moments_of", "narrate", "state_at", "walk"]
