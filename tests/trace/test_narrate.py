from __future__ import annotations

from dataclasses import replace

from autograd_viz import events as ev
from autograd_viz.trace import GraphState, Names, fold, moments_of, narrate
from autograd_viz.trace.narrate import expression, plain
from autograd_viz.trace.words import number, size, values


def told(log: list[ev.Event]) -> list[str]:
    """Every caption, without classes."""
    final = GraphState()
    for event in log:
        fold(final, event)
    names, state, done, captions = Names(final), GraphState(), 0, []
    for moment in moments_of(log):
        for event in log[done : moment.last + 1]:
            fold(state, event)
        done = moment.last + 1
        captions.append(plain(narrate(moment, state, names)))
    return captions


def test_the_story_of_two_backwards_and_a_zeroing(square) -> None:
    captions = told(square.log)
    assert captions[:2] == [
        "w is a leaf of shape (2,) with requires_grad=True: backward will put its gradient into .grad, which is None for now.",
        "y = w * w is recorded as MulBackward0, which will send gradients to the leaf w. For that it saves other and self (16 B).",
    ]
    assert captions[2].startswith("backward #1 starts at MulBackward0 with the gradient [1 1]. retain_graph=True")
    assert captions[3] == "MulBackward0 receives [1 1] and sends grad = [1 2] to the leaf w and grad = [1 2] to the leaf w."
    assert captions[4] == "w.grad was empty (None) and now holds [2 4]. backward #1 is done."
    assert captions[7] == "w.grad was not empty: [2 4] + [2 4] = [4 8]. PyTorch adds, it does not overwrite. backward #2 is done."
    assert captions[8] == "w.grad is filled with zeros: what the next backward adds will stand there alone."
    assert captions[10].endswith("It lets go of what it had saved: a second backward through it will fail.")


def test_a_gradient_passed_on_unchanged_is_said_so(script, tools) -> None:
    look, to_leaf, to_node = tools["look"], tools["to_leaf"], tools["to_node"]
    script.tensor(1, 1, 2, grad=True, name="b")
    script.node(2, "SqueezeBackward4", (to_leaf(1),))
    script.node(4, "AddBackward0", (to_node(2, 3), to_leaf(1)))
    call = script.backward(4)
    script.run(call, 4, look(0.25, 0.5), look(0.25, 0.5), look(0.25, 0.5))
    assert told(script.log)[-1] == "AddBackward0 receives [0.25 0.5] and passes it on unchanged: to SqueezeBackward4 and the leaf b."


def test_a_failure_names_the_node_the_first_sentence_and_the_call_that_freed(square, tools) -> None:
    call = square.backward(2)
    square.add(ev.BackwardFailed(call, 2, None, "RuntimeError", "Trying to backward a second time. Saved values are freed.\nhint"))
    assert told(square.log)[-1] == (
        "backward #4 stops at MulBackward0 with RuntimeError: Trying to backward a second time. What it had saved was let go of in call #3."
    )


def test_an_operation_under_no_grad_leaves_no_node(script) -> None:
    script.tensor(1, 1, 2, grad=True, name="x")
    script.add(ev.GradModeChanged(False, "no_grad", True, None))
    script.tensor(2, 2, 4, op="mul")
    script.add(ev.OpNotRecorded("mul", (1,), 2, ev.Source("cell [1]", 3, "x * 2")))
    assert told(script.log)[1:] == [
        "no_grad: gradient tracking is off from here. Operations are computed, but not recorded.",
        "x * 2 is computed but leaves no node: gradient tracking is off.",
    ]


def test_a_change_in_place_says_what_it_spoils(script, tools) -> None:
    script.tensor(1, 1, 2, grad=True, name="x")
    script.node(2, "MulBackward0", (tools["to_leaf"](1),), (tools["saved"]("self", 1),))
    script.add(ev.VersionBumped(1, "add_", 1, tools["look"](2, 3), None, None))
    assert told(script.log)[-1] == (
        "x is changed in place to [2 3]; its memory is at version 1 now. "
        "MulBackward0 had saved it as self: a backward through it will fail."
    )


def test_nodes_of_one_name_are_told_apart_by_number(script) -> None:
    script.node(2, "NegBackward0", ())
    script.node(3, "NegBackward0", ())
    script.run(script.backward(3), 3, replace(script.log[-1].seeds[0]))
    assert told(script.log)[-1].startswith("NegBackward0 #2 receives")


def test_an_expression_is_joined_to_its_name_once() -> None:
    assert expression("x @ w + b", "z") == "z = x @ w + b"
    assert expression("z.add_(1)", "z") == "z.add_(1)"
    assert expression("z += 1", "z") == "z += 1"
    assert expression("z + 1", "z") == "z = z + 1"
    assert expression("", "z") == "z"


def test_numbers_are_short_and_integers_exact() -> None:
    assert [number(v) for v in (0.2544321, 1.0, 12345678.0, 3, True, float("nan"), -0.0, 10**400)] == [
        "0.2544", "1", "1.235e+07", "3", "True", "nan", "-0", "a big integer",
    ]  # fmt: skip


def test_values_show_a_few_numbers_in_pytorchs_nesting(tools) -> None:
    look = tools["look"]
    assert values(look(1.5, shape=())) == "1.5"
    assert values(look(1, 2, 3)) == "[1 2 3]"
    assert values(look(*range(9))) == "[0 1 2 3 4 5 …]"
    assert values(look(1, 2, 3, 4, shape=(2, 2))) == "[[1 2] [3 4]]"
    assert values(look(*range(15), shape=(5, 3))) == "[[0 1 2] [3 4 5] …]"
    assert values(look(*range(20), shape=(4, 5))) == "[[0 1 2 3 4] …]"
    assert values(look(*range(16), shape=(2, 8))) == "[[0 1 2 3 4 5 …] …]"
    assert values(look(1, 2, 3, shape=(1, 3))) == "[[1 2 3]]"
    assert values(replace(look(1), shape=(0, 3), values=())) == "[]"
    assert values(None) == "None"


def test_sizes_have_units() -> None:
    assert [size(n) for n in (0, 84, 999, 1024, 20480, 100_000, 999_900, 5 * 1024**2)] == [
        *("0 B", "84 B", "999 B", "1.02 kB", "20.5 kB", "100 kB", "1.00 MB", "5.24 MB")
    ]
