"""Events of SBML as expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libsbml

from lamella.errors import ModelError
from lamella.reactions.model import Assignment, Event, Model
from lamella.reactions.sbml_document import where
from lamella.reactions.sbml_quantities import STATE, Declarations, Quantity
from lamella.reactions.sbml_scopes import Current, Initial


def read_events(
    source: libsbml.Model,
    declarations: Declarations,
    now: Current,
    start: Initial,
    index: dict[str, int],
    model: Model,
) -> None:
    """Append the events of `source` to `model.events`.

    now, start  what names mean during the run and at its start
    index       name -> number of the state
    errors      ModelError for an event without a trigger
    """
    _refuse_jumping_sizes(declarations, now, index)
    for number, event in enumerate(source.getListOfEvents()):
        name = event.getId() or f"event {number + 1}"
        place = where(declarations.name, event)
        trigger = event.getTrigger()
        if trigger is None or not trigger.isSetMath():
            if event.getLevel() == 3 and event.getVersion() > 1:
                continue
            raise ModelError(f"{name} has no trigger", where=place)
        convert = lambda part, place=place: now.converter.convert(part.getMath(), now, place)
        condition = now.graph.truth(convert(trigger))
        _refuse_fleeting(condition, model, name, place)
        delay, priority = event.getDelay(), event.getPriority()
        model.events.append(
            Event(
                name=name,
                trigger=condition,
                delay=convert(delay) if delay is not None and delay.isSetMath() else None,
                priority=convert(priority) if priority is not None and priority.isSetMath() else None,
                assignments=tuple(_assignments(event, declarations, now, index)),
                persistent=trigger.getPersistent() if trigger.isSetPersistent() else True,
                initial=trigger.getInitialValue() if trigger.isSetInitialValue() else True,
                values_at_trigger=event.getUseValuesFromTriggerTime(),
            )
        )


def _refuse_fleeting(trigger: int, model: Model, name: str, place: str) -> None:
    """Refuse a trigger that waits for something that flows to equal something: it does so for an instant."""
    graph = model.graph
    negated = {graph.children(n)[0] for n in graph.needed([trigger]) if graph.operation(n) == "not"}
    for node in graph.needed([trigger]):
        if graph.operation(node) != "eq" or node in negated:
            continue
        states = [graph.nodes[n][1] for n in graph.needed([node]) if graph.operation(n) == "state"]
        if any(graph.number(rate) != 0.0 for i in states for _, rate in model.balance[i]):
            raise ModelError(
                f"the trigger of {name} asks whether '{model.species[states[0]]}' equals something, and it flows",
                where=place, why="It is equal for an instant, at which no step of a solver ends.",
                remedy="Ask whether it is above or below.",
            )  # fmt: skip


def _refuse_jumping_sizes(declarations: Declarations, now: Current, index: dict[str, int]) -> None:
    """Refuse a concentration with a rate rule where an event makes its compartment jump by way of a rule.

    SBML does not say whether the concentration or the amount stays as it is.
    """
    jumping = {index[name] for name in declarations.event_targets}
    for name, rule in declarations.rated.items():
        quantity = declarations.quantities[name]
        if quantity.kind != "species" or quantity.is_amount or quantity.compartment in declarations.event_targets:
            continue
        below = now.graph.needed([now.volume(quantity)])
        if any(now.graph.operation(n) == "state" and now.graph.nodes[n][1] in jumping for n in below):
            raise ModelError(
                f"the concentration '{name}' has a rate rule, and events change the rule of its compartment "
                f"'{quantity.compartment}'", where=where(declarations.name, rule),
                why="Whether the concentration or the amount stays is not defined.",
                remedy="Give the species an amount (hasOnlySubstanceUnits).",
            )  # fmt: skip


def _assignments(
    event: libsbml.Event, declarations: Declarations, now: Current, index: dict[str, int]
) -> Iterator[Assignment]:
    """Assignments of an event, and what they imply: an amount stays when its compartment changes in size."""
    written = [a for a in event.getListOfEventAssignments() if a.isSetMath()]
    named = {a.getVariable() for a in written}
    if len(named) < len(written):
        raise ModelError("an event sets the same name twice", where=where(declarations.name, event))
    for assignment in written:
        place = where(declarations.name, assignment)
        value = now.converter.convert(assignment.getMath(), now, place)
        if assignment.getVariable() not in index:
            raise ModelError(
                f"an event sets '{assignment.getVariable()}', which is constant or computed by a rule", where=place,
                remedy="Let the event set something that can change, or drop the rule.",
            )  # fmt: skip
        yield _assignment(declarations.quantities[assignment.getVariable()], value, declarations, now, index)
    for quantity in declarations.quantities.values():
        rides_along = quantity.kind == "species" and quantity.compartment in named and quantity.role == STATE
        if rides_along and quantity.name not in named and not quantity.as_amount:
            kept = _assignment(quantity, now.value(quantity.name), declarations, now, index)
            yield replace(kept, rides_along=True)


def _assignment(
    quantity: Quantity, value: int, declarations: Declarations, now: Current, index: dict[str, int]
) -> Assignment:
    is_concentration = quantity.kind == "species" and not quantity.is_amount
    if is_concentration and not declarations.is_fixed(quantity.compartment):
        return Assignment(index[quantity.name], value, now.volume(quantity), quantity.as_amount)
    return Assignment(index[quantity.name], value)
