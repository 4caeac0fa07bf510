"""Events of SBML as expressions."""

from __future__ import annotations

import libsbml

from lamella.errors import ModelError
from lamella.reactions.model import Assignment, Event, Model
from lamella.reactions.sbml_document import where
from lamella.reactions.sbml_quantities import Declarations
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
    for number, event in enumerate(source.getListOfEvents()):
        name = event.getId() or f"event {number + 1}"
        place = where(declarations.name, event)
        trigger = event.getTrigger()
        if trigger is None or not trigger.isSetMath():
            if event.getLevel() == 3 and event.getVersion() > 1:
                continue
            raise ModelError(f"{name} has no trigger", where=place)
        convert = lambda part, place=place: now.converter.convert(part.getMath(), now, place)
        delay, priority = event.getDelay(), event.getPriority()
        model.events.append(
            Event(
                name=name,
                trigger=now.graph.truth(convert(trigger)),
                delay=convert(delay) if delay is not None and delay.isSetMath() else None,
                priority=convert(priority) if priority is not None and priority.isSetMath() else None,
                assignments=tuple(_assignments(event, declarations, now, index)),
                persistent=trigger.getPersistent() if trigger.isSetPersistent() else True,
                initial=trigger.getInitialValue() if trigger.isSetInitialValue() else True,
                values_at_trigger=event.getUseValuesFromTriggerTime(),
            )
        )


def _assignments(event: libsbml.Event, declarations: Declarations, now: Current, index: dict[str, int]):
    for assignment in event.getListOfEventAssignments():
        if not assignment.isSetMath():
            continue
        quantity = declarations.quantities[assignment.getVariable()]
        stored_as_amount = quantity.kind == "species" and quantity.as_amount and not quantity.is_amount
        yield Assignment(
            state=index[quantity.name],
            value=now.converter.convert(assignment.getMath(), now, where(declarations.name, assignment)),
            volume=now.volume(quantity) if stored_as_amount else None,
        )
