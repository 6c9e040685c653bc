"""The story: for every moment, what changes on the picture that is already laid out.

A `Stage` (in `telling.py`) remembers what each item shows, so a step holds differences only. What lights up at one step is put out at
the next: the box that was `now`, the arrows that were `on`. What stays, stays by itself: a freed chip, a filled `.grad`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_viz.draw.cards import CHIPS, Opening, chips_of, data_label, grad_label
from autograd_viz.draw.clean import clean
from autograd_viz.draw.panels import entry, gradients, is_detailed, saved_text
from autograd_viz.draw.parts import CONST, COPY, FN, FOLD, LEAF, PLAIN, Box, Drawn
from autograd_viz.draw.telling import Stage, flow_text, grouped, sent, shortened, told_together
from autograd_viz.draw.values import grid, value
from autograd_viz.events import Event, Preview
from autograd_viz.trace import moments as at
from autograd_viz.trace.fold import call_number, fold
from autograd_viz.trace.moments import Moment
from autograd_viz.trace.narrate import narrate
from autograd_viz.trace.state import GraphState
from autograd_viz.trace.words import Names

LONGEST = 2000  # characters of a caption that are looked at together, and of one part of it
LIT = {"now", "wave", "sum"}
STATES = ("later", "rewritten", "done", "now", "wave", "sum", "failed")
MOST_STEPS = 800  # with the most boxes, about a megabyte: what a cell may add to a notebook
MOST_ARRAYS = 4  # of the gradients that a node sends, in the inspector


class Story:
    """Tells the moments of a recording, one step each."""

    def __init__(self, events: list[Event], moments: list[Moment], drawn: Drawn, names: Names, first: Opening) -> None:
        self.scales = first.scales
        self.events, self.moments, self.drawn, self.names = events, moments, drawn, names
        self.state, self.folded = GraphState(), 0
        self.detailed = is_detailed(drawn)
        self.stage = Stage()
        self.on = drawn  # the picture, or the inside of a fold, on which a moment acts
        self.words: dict[str, set[str]] = {box.id: {"later"} for each in drawn.everything() for box in each.boxes if not box.earlier}
        self.lit: list[Box] = []
        self.waving: list[str] = []  # the flags of hooks that run now
        self.flows: dict[str, str] = {}
        self.flowing: list[str] = []  # those that are on
        self.shown_links = {link.id for each in drawn.everything() for link in each.links if link.head.earlier}
        self.unlabelled = {link.id for each in drawn.everything() if each.crowded for link in each.links}
        self.steps: list[dict[str, Any]] = []
        self.ledger: list[dict[str, Any]] = []
        self.rows = 0  # of the state's ledger, how many stand there (a fold's are shortened)
        self.held: list[int] = []
        self.sources: dict[str, int] = {}
        self.notes: list[str] = []

    # --- from moments to steps

    def tell(self) -> None:
        """Make all steps."""
        waiting: list[Moment] = []
        shown: list[Moment] = []
        for moment in self.moments:
            if moment.kind == at.MODE_ON:
                waiting.append(moment)
            elif moment.kind == at.MODE_OFF and waiting:
                waiting.pop()
            elif self.is_shown(moment):
                shown += [*waiting, moment]
                waiting = []
        for group in grouped(shown, self.box, self.drawn.folds):
            if len(self.steps) >= MOST_STEPS:
                self.notes.append(f"Only the first {MOST_STEPS} steps are told.")
                break
            self.step(group)
        self.fold_to(len(self.events) - 1)
        self.end_ledger()

    def end_ledger(self) -> None:
        """What no step tells of belongs to the last one; but not if the story was cut short."""
        last = max(len(self.steps) - 1, 0)
        if self.notes:
            self.ledger = [told for told in self.ledger if told["step"] <= last]
        for told in self.ledger:
            told["step"] = min(told["step"], last)

    def is_shown(self, moment: Moment) -> bool:
        """Whether there is something on the picture to tell it of."""
        if moment.kind in (at.START, at.MODE_OFF):
            return True
        if moment.kind == at.FAIL:
            return True
        box = self.box(moment)
        return box is not None and not (moment.kind == at.LEAF and box.kind == FOLD)

    def box(self, moment: Moment) -> Box | None:
        """The box that a moment is about."""
        if moment.node is not None:
            return self.drawn.of_node.get(moment.node)
        own = self.drawn.of_tensor.get(moment.tensor if moment.tensor is not None else -1)
        return own or (None if moment.kind == at.CONSTANT else self.drawn.box_of(self.names.state, moment.tensor))

    def fold_to(self, last: int) -> None:
        """Bring the state to the moment, and the ledger with it."""
        while self.folded <= last:
            fold(self.state, self.events[self.folded])
            self.folded += 1
        new = self.state.ledger[self.rows :]
        self.rows += len(new)
        for row in new:
            box = self.drawn.box_of(self.names.state, row.tensor)
            self.ledger.append(entry(row, len(self.steps), box.id if box else None, self.names, self.scales.get(row.tensor, 0.0)))

    def step(self, group: list[Moment]) -> None:
        """One step: what was lit goes out, the moment acts, its caption is written. (Of several, in a fold, each acts in turn.)"""
        self.stage.begin()
        rows = len(self.ledger)
        for moment in group:
            self.fold_to(moment.last)
            self.calm()
            faces = self.faces(moment)
            for where, box in faces:
                self.on = where
                _ACTS.get(moment.kind, Story.light)(self, moment, box)
        self.on = self.drawn
        moment, box = group[-1], self.box(group[0] if len(group) > 1 else group[-1])
        source = moment.source
        if len(group) == 1 or box is None:
            told = narrate(moment, self.state, self.names)
        else:
            told = told_together(group, self.drawn.folds[box.serial], self.names)
        if len(group) > 1:
            self.ledger[rows:] = shortened(self.ledger[rows:])
        inner = next((face.id for where, face in faces if where is not self.drawn and face is not None), None)
        self.steps.append({
            "cap": caption(told),
            "ph": moment.phase,
            "call": self.call(moment),
            "at": inner or (box.id if box else None) if len(group) == 1 else box.id if box else None,
            "src": [self.sources.setdefault(source.file, len(self.sources)), source.line] if source else self.same_source(moment),
            "set": self.stage.set,
        })  # fmt: skip
        self.held.append(self.state.held_bytes)

    def faces(self, moment: Moment) -> list[tuple[Drawn, Box | None]]:
        """Where a moment is seen: on the picture, and inside a fold."""
        found: list[tuple[Drawn, Box | None]] = [(self.drawn, self.box(moment))]
        for inside in self.drawn.inside.values():
            box = inside.of_node.get(moment.node) if moment.node is not None else inside.of_tensor.get(moment.tensor or -1)
            if box is not None and box.kind != COPY:
                found.append((inside, box))
        return found

    def call(self, moment: Moment) -> int:
        """The number of the backward call that the step belongs to; 0 outside."""
        if moment.call is None:
            return self.state.call.number if self.state.call else 0
        number = call_number(self.state, moment.call)
        return number or next((c.number for c in reversed(self.state.calls) if c.started.call == moment.call), 0)

    def same_source(self, moment: Moment) -> list[int] | None:
        """Within a backward call the marked line stays that of the call."""
        if moment.call is None:
            return None
        source = next((c.started.source for c in reversed(self.state.calls) if c.started.call == moment.call), None)
        return [self.sources.setdefault(source.file, len(self.sources)), source.line] if source else None

    # --- what lights up and goes out

    def dress(self, box: Box) -> None:
        """Give the box the class that its words make."""
        words = self.words.get(box.id)
        state = [box.words, *[word for word in STATES if word in words]] if words else [box.words]
        self.stage.put(box.id, "c", " ".join(state))

    def add(self, box: Box, *words: str) -> None:
        """Add words to a box's class."""
        self.words.setdefault(box.id, set()).update(words)

    def calm(self) -> None:
        """Put out what the step before lit."""
        for box in self.lit:
            self.words[box.id] -= LIT
            self.dress(box)
            if box.kind == LEAF:
                self.stage.put(f"{box.id}p", "c", "port")
        self.lit = []
        for id in self.waving:
            self.stage.put(id, "c", "hook")
        self.waving = []
        for id in self.flowing:
            if self.flows[id] == "on":
                self.flow(id, "past")
        self.flowing = []

    def flow(self, id: str, state: str, text: str | None = None) -> None:
        """Show a backward arrow and its label."""
        self.flows[id] = state
        if state == "on":
            self.flowing.append(id)
        self.stage.put(f"{id}b", "c", f"flow {state}")
        if id in self.unlabelled:
            return
        self.stage.put(f"{id}l", "c", f"flow {state}")
        if text is not None:
            self.stage.put(f"{id}t", "s", text)

    def light(self, moment: Moment, box: Box | None, *words: str) -> None:
        """The box is there from now on, and this step is about it."""
        if box is not None:
            self.reveal(box)
            self.add(box, "now", *words)
            self.lit.append(box)
            self.dress(box)

    def reveal(self, box: Box) -> None:
        """Show a box that was not made before, with the arrows that lead to it."""
        words = self.words.get(box.id)
        if words and "later" in words:
            words.discard("later")
            self.dress(box)
        for link in self.on.into.get(box.index, ()):
            if link.id not in self.shown_links:
                self.shown_links.add(link.id)
                self.stage.put(link.id, "c", f"edge {link.kind}")
                if "later" in self.words.get(link.tail.id, ()):
                    self.reveal(link.tail)

    # --- moments

    def mode(self, moment: Moment, box: Box | None) -> None:
        for region in self.drawn.regions:
            if region.moment is not None and self.moments[region.moment] is moment:
                self.stage.put(region.id, "c", "region")

    def start(self, moment: Moment, box: Box | None) -> None:
        self.mode(moment, box)
        for each in (box for drawn in self.drawn.everything() for box in drawn.boxes):
            words = self.words.get(each.id)
            if words and each.kind in (FN, FOLD) and words & {"done", "failed"}:
                words -= {"done", "failed"}
                self.dress(each)
        for id in self.flows:
            self.flow(id, "off")
        self.flows.clear()
        self.flowing = []
        for edge, seed in zip(moment.event.roots, moment.event.seeds, strict=False):
            root = self.drawn.of_node.get(edge.node) if edge.node is not None else self.drawn.of_tensor.get(edge.leaf)
            if root is not None:
                self.flow(f"{root.id}s", "on", flow_text(seed))

    def run(self, moment: Moment, box: Box | None) -> None:
        if box is None:
            return
        self.light(moment, box, "wave", "done")
        for link, gradient in sent(self.on, moment):
            self.flow(link.id, "on", None if link.id in self.unlabelled else flow_text(gradient))
        if box.kind == FOLD:
            return
        received = moment.entered.gradients if moment.entered else ()
        self.say(f"{box.id}i", received)
        self.say(f"{box.id}o", moment.event.gradients)
        self.chips(box.serial)

    def say(self, row: str, previews: tuple[Preview | None, ...]) -> None:
        """Let a row of the inspector say these arrays: in one line, and where one of them has rows and columns, as grids of numbers."""
        self.stage.put(row, "s", clean(gradients(previews)))
        grids = self.detailed and any(each is not None and len(each.values) > each.columns > 0 < len(each.shape) for each in previews)
        if grids or self.stage.shown["m"].get(row):
            self.stage.put(row, "m", [value(each) for each in previews[:MOST_ARRAYS]] if grids else [])

    def chips(self, node: int) -> None:
        """Show which saved tensors a node still holds."""
        known = self.state.nodes.get(node)
        for box in [each.of_node[node] for each in self.drawn.everything() if node in each.of_node]:
            if known is None or box.kind != FN:
                continue
            for i, saved in enumerate(chips_of(known)[:CHIPS]):
                self.stage.put(f"{box.id}c{i}", "c", f"chip {saved.status}")
            self.stage.put(f"{box.id}v", "s", clean(saved_text(known)))

    def accumulate(self, moment: Moment, box: Box | None) -> None:
        if box is None:
            return
        self.light(moment, box, "sum")
        if box.kind == LEAF:
            self.stage.put(f"{box.id}p", "c", "port on")
            self.grad(box, moment.event.after)
            self.add(box, "done")
            self.dress(box)
        elif box.kind == FN:
            self.stage.put(f"{box.id}r", "s", f".grad = {flow_text(moment.event.after)}")
            self.say(f"{box.id}k", (moment.event.after,))
        for link in self.on.links_from(box):
            if self.flows.get(link.id) == "past":
                self.flow(link.id, "on")

    def grad(self, box: Box, preview: Preview | None) -> None:
        """Fill or empty a leaf's `.grad` slot."""
        if preview is None:
            slots = len(grid(self.names.state.tensors[box.serial].preview)[1])
            self.stage.put(f"{box.id}g", "v", [None] * slots)
        else:
            self.stage.put(f"{box.id}g", "v", grid(preview, self.scales.get(box.serial, 0.0))[1])
        self.stage.put(f"{box.id}q", "s", grad_label(preview))
        self.say(f"{box.id}r", (preview,))

    def clear(self, moment: Moment, box: Box | None) -> None:
        if box is None:
            return
        if box.kind == LEAF:
            known = self.state.tensors.get(box.serial)
            self.grad(box, known.grad if known else None)
            self.words.get(box.id, set()).discard("done")
        self.light(moment, box)

    def change(self, moment: Moment, box: Box | None) -> None:
        if box is None:
            return
        if moment.event.grad_of is not None:
            if box.kind == LEAF:
                self.grad(box, moment.event.preview)
        elif box.kind in (LEAF, CONST):
            self.stage.put(f"{box.id}d", "v", grid(moment.event.preview)[1])
            self.stage.put(f"{box.id}e", "s", data_label(moment.event.preview))
            if box.kind == LEAF:
                self.stage.put(f"{box.id}w", "s", f"v{moment.event.version}")
        for node, _ in self.state.spoiled:
            self.chips(node)
        self.light(moment, box)

    def made(self, moment: Moment, box: Box | None) -> None:
        if moment.event.op == "copy_slices" or moment.bumped is not None:
            for serial, other in self.drawn.of_node.items():
                known = self.state.nodes.get(serial)
                if known is not None and other.kind == FN and (known.rewritten or known.inside is not None):
                    self.add(other, "rewritten")
                    self.dress(other)
        for node, _ in self.state.spoiled if moment.bumped is not None else ():
            self.chips(node)
        self.light(moment, box)

    def hooked(self, moment: Moment, box: Box | None) -> None:
        self.hook(moment, box, "hook")

    def hook(self, moment: Moment, box: Box | None, c: str = "hook on") -> None:
        if box is None:
            return
        self.light(moment, box)
        if box.kind not in (FN, LEAF) or moment.event.hook not in self.drawn.flags:
            return
        hook = self.state.hooks.get(moment.event.hook)
        flag = f"{box.id}h{moment.event.hook}"
        self.stage.put(flag, "c", c)
        if hook is not None and c != "hook":
            self.waving.append(flag)
            self.stage.put(f"{flag}t", "s", clean(f"{gradients(hook.before)} → {gradients(hook.after)}"))

    def requires(self, moment: Moment, box: Box | None) -> None:
        if box is not None and box.kind in (LEAF, CONST, PLAIN):
            self.stage.put(f"{box.id}x", "s", str(moment.event.requires_grad))
        self.light(moment, box)

    def fail(self, moment: Moment, box: Box | None) -> None:
        if box is not None:
            self.light(moment, box)
            self.add(box, "failed")
            self.dress(box)
            if moment.event.hook in self.drawn.flags:
                flag = f"{box.id}h{moment.event.hook}"
                self.waving.append(flag)
                self.stage.put(flag, "c", "hook on")
                self.stage.put(f"{flag}t", "s", clean(f"raised {moment.event.error}"))
            if moment.entered is not None and box.kind == FN:
                self.say(f"{box.id}i", moment.entered.gradients)


def caption(told: list[tuple[str, str]]) -> list[list[str]]:
    """The runs of a caption, cleaned: nearly always nothing has to be, and that is seen of all of them at once."""
    whole = "".join([text for _, text in told])
    if clean(whole, LONGEST) is whole:
        return [[kind, text] for kind, text in told]
    return [[kind, clean(text, LONGEST)] for kind, text in told]


_ACTS: dict[str, Callable[[Story, Moment, Box | None], None]] = {
    at.NODE: Story.made,
    at.HOOKED: Story.hooked,
    at.HOOK: Story.hook,
    at.MODE_ON: Story.mode,
    at.MODE_OFF: Story.mode,
    at.START: Story.start,
    at.RUN: Story.run,
    at.SUM: Story.accumulate,
    at.CLEAR: Story.clear,
    at.CHANGE: Story.change,
    at.REQUIRES: Story.requires,
    at.FAIL: Story.fail,
}
