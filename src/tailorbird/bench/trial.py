"""Carrying out an answer on a hidden setup, and the check that a host can be trusted to do so.

Seeds and truth stay here; a world sees input files, a path, limits and a seed of its own.
Covers: retries of stops and of infrastructure faults, references before anybody is measured. Does not cover: verdicts.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace

from tailorbird.bench.packing import pack
from tailorbird.bench.scorers import FamilyScorer, Instances
from tailorbird.bench.suite import Suite
from tailorbird.core.attempt import Action, Attempt, Limits, Outcome, Request, Setup
from tailorbird.core.domain import Family, Instance
from tailorbird.core.errors import WorldError
from tailorbird.core.files import sha256
from tailorbird.core.program import Program
from tailorbird.core.protocols import Environment
from tailorbird.core.thing import State

INFRA_TRIES = 3
"""Times a thing is tried that the infrastructure spoils."""


def setup_of(family: Family, instance: Instance, seed: int, limits: Limits) -> Setup:
    """The world before a program: input files, path, limits, a seed for its own random choices, the family's peer.

    The program's seed is one-way: the seed of the instance would let a program draw the truth itself.
    """
    inputs = {name: base64.b64encode(content).decode() for name, content in instance.visible.items()}
    own = int(sha256(f"program|{seed}")[:8], 16)
    return Setup(
        inputs=inputs, path=instance.path, seed=own, limits=limits, peer=family.peer, script=dict(instance.script),
        modules=family.allowed,
    )  # fmt: skip


class Beside:
    """A world in which the peer of one instance answers, so that a solver can try its drafts on a public one.

    Args:
        world: runs programs.
        family: whose peer it is.
        instance: what the peer plays.
    """

    def __init__(self, world: Environment, family: Family, instance: Instance) -> None:
        self._world, self._family, self._script = world, family, dict(instance.script)

    def reset(self, setup: Setup) -> None:
        """Inputs and limits as given, with the peer beside them."""
        family = self._family
        self._world.reset(replace(setup, peer=family.peer, script=self._script, modules=family.allowed))

    def state(self) -> State:
        """Values of the world behind."""
        return self._world.state()

    def execute(self, action: Action) -> Outcome:
        """Carry out an action in the world behind."""
        return self._world.execute(action)


def carry_out(world: Environment, setup: Setup, action: Action) -> Outcome:
    """Carry out an action in a fresh world.

    A stop for CPU or wall time is tried once more, because a busy host can cause it; a fault of the infrastructure up
    to three times. What is not plain data becomes a failed outcome.
    """
    slow = faults = 0
    while True:
        try:
            world.reset(setup)
            outcome = world.execute(action)
        except WorldError as error:
            outcome = Outcome("stopped", why=error.message, error="infra")
        if outcome.error == "infra" and (faults := faults + 1) < INFRA_TRIES:
            continue
        if outcome.status == "stopped" and outcome.error in ("cpu", "wall") and (slow := slow + 1) < 2:
            continue
        try:
            pack(outcome.result)
        except ValueError as error:
            return replace(outcome, status="failed", result=None, why=str(error), error="wrong_type")
        return outcome


def references_pass(
    suite: Suite, programs: Mapping[str, Program], world: Environment, families: Mapping[str, Family]
) -> dict[str, float]:
    """Run each family's reference on its hidden trials before anybody is measured.

    Returns:
        Largest CPU time per family, seconds on this host.

    Raises:
        WorldError: naming the first reference that fails: the host is broken, and scores would mean nothing.
    """
    instances = Instances(families)
    scorer = FamilyScorer(instances)
    seconds: dict[str, float] = {}
    for task in suite.tasks:
        if task.family in seconds or task.family not in programs:
            continue
        program = programs[task.family]
        drawn = ((trial, instances.draw(task.family, trial.seed, trial.level)) for trial in task.trials)
        family = families[task.family]
        outcomes = tuple(
            carry_out(world, setup_of(family, instance, trial.seed, task.request.limits), program)
            for trial, instance in drawn
        )
        score = scorer(task, Attempt(Request(""), program, trials=outcomes))
        if not score.passed:
            raise WorldError(
                f"{task.family}: the reference fails on this host: {score.why}",
                "mend the host, or leave the family out of the suite",
            )
        seconds[task.family] = max((outcome.cpu_s for outcome in outcomes), default=0.0)
    return seconds
