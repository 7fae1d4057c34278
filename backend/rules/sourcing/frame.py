"""From names to numbers and back: a request as a problem, a solution as a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.rules.sourcing.model import Assignment, Code, CostParts, Line, Offer, Plan, Reason, Request, Source
from backend.rules.sourcing.problem import NEVER, UNFILLED, Joint, Parts, Problem, Solution


@dataclass(frozen=True, slots=True)
class Frame:
    """`sources` by option, `items` of the problem as the lines that they stand for."""

    request: Request
    sources: tuple[Source, ...]
    items: tuple[tuple[Line, ...], ...]
    problem: Problem


def frame(request: Request) -> Frame:
    """Sources by key, so that the order in which they are given changes nothing."""
    sources = tuple(sorted((it for it in request.sources if not it.excluded), key=lambda it: it.key))
    items, in_parts = _items(request, sources)
    terms = request.terms
    rows = [{} if split else _row(request, sources, item) for item, split in zip(items, in_parts, strict=True)]
    unfilled = [NEVER if terms.ship_complete else sum(line.unfilled * line.quantity for line in item) for item in items]
    parts = [_parts(request, sources, item) if split else None for item, split in zip(items, in_parts, strict=True)]
    problem = Problem(
        fixed=[source.fixed for source in sources],
        rows=rows,
        unfilled=unfilled,
        unfilled_fixed=terms.unfilled_fixed,
        max_shipments=terms.max_shipments,
        values=[sum(line.value for line in item) for item in items],
        minimum_value=terms.minimum_split_value,
        joints=() if any(in_parts) else tuple(_joints(request, sources, items)),
        parts=parts if any(in_parts) else (),
        node_limit=terms.node_limit,
    )
    return Frame(request, sources, items, problem)


def reasons_against(request: Request, source: Source, line: Line) -> list[Reason]:
    """Why the source cannot give any unit of the line, or, where lines stay whole, not all of them."""
    offer = request.offers.get((source.key, line.sku))
    if source.key in line.barred or (line.only is not None and source.key not in line.only):
        return [Reason(Code.NOT_ALLOWED, line.key)]
    if offer is None:
        return [Reason(Code.NOT_OFFERED, line.key)]
    found = [Reason(code, line.key) for code in offer.excluded]
    needed = 1 if request.terms.split_lines else line.quantity
    if offer.available < needed:
        found.append(Reason(Code.NO_STOCK, line.key, max(offer.available, 0), line.quantity))
    if source.capacity is not None and source.capacity < needed:
        found.append(Reason(Code.CAPACITY, line.key, source.capacity, line.quantity))
    return found


def _items(request: Request, sources: Sequence[Source]) -> tuple[tuple[tuple[Line, ...], ...], list[bool]]:
    """Lines that come together as one item; and, by item, whether it may come in parts."""
    groups: dict[tuple[object, ...], list[Line]] = {}
    for index, line in enumerate(request.lines):
        groups.setdefault(("group", line.group) if line.group is not None else ("line", index), []).append(line)
    whole = tuple(tuple(lines) for lines in groups.values())
    terms = request.terms
    asked = sum(line.quantity for line in request.lines)
    tight = any(source.capacity is not None and source.capacity < asked for source in sources)
    if not terms.split_lines or terms.minimum_split_value or tight:
        return whole, [False] * len(whole)
    merged: dict[tuple[object, ...], list[Line]] = {}
    for line in request.lines:
        alike = ("sku", line.sku, line.unfilled, line.only, line.barred)
        merged.setdefault(("group", line.group) if line.group is not None else alike, []).append(line)
    skus = [sku for lines in merged.values() for sku in {line.sku for line in lines}]
    if len(skus) != len(set(skus)):
        return whole, [False] * len(whole)
    items = tuple(tuple(lines) for lines in merged.values())
    in_parts = [
        key[0] == "sku" and not (terms.whole_first and _whole_or_not_at_all(request, sources, item))
        for key, item in zip(merged, items, strict=True)
    ]
    return (items, in_parts) if any(in_parts) else (whole, [False] * len(whole))


def _whole_or_not_at_all(request: Request, sources: Sequence[Source], item: Sequence[Line]) -> bool:
    """Whether a source has all of these lines of one SKU, or none has any."""
    most, needed = 0, sum(line.quantity for line in item)
    for source in sources:
        offer = offer_of(request, source, item[0])
        if offer is not None and offer.available > most:
            most = offer.available
    return most >= needed or most == 0


def offer_of(request: Request, source: Source, line: Line) -> Offer | None:
    """What the source may give of the line, however much of it there is."""
    if source.key in line.barred or (line.only is not None and source.key not in line.only):
        return None
    offer = request.offers.get((source.key, line.sku))
    return None if offer is None or offer.excluded else offer


def _row(request: Request, sources: Sequence[Source], item: Sequence[Line]) -> dict[int, int]:
    if len(item) == 1:
        return _row_of(request, sources, item[0])
    needed: dict[str, int] = {}
    for line in item:
        needed[line.sku] = needed.get(line.sku, 0) + line.quantity
    row = {}
    for option, source in enumerate(sources):
        offers = [offer_of(request, source, line) for line in item]
        given = [offer for offer in offers if offer is not None]
        if len(given) < len(item) or (source.capacity is not None and source.capacity < sum(needed.values())):
            continue
        if all(offer.available >= needed[line.sku] for offer, line in zip(given, item, strict=True)):
            row[option] = sum(offer.cost * line.quantity for offer, line in zip(given, item, strict=True))
    return row


def _row_of(request: Request, sources: Sequence[Source], line: Line) -> dict[int, int]:
    row, quantity = {}, line.quantity
    for option, source in enumerate(sources):
        offer = offer_of(request, source, line)
        roomy = source.capacity is None or source.capacity >= quantity
        if roomy and offer is not None and offer.available >= quantity:
            row[option] = offer.cost * quantity
    return row


def _parts(request: Request, sources: Sequence[Source], item: Sequence[Line]) -> Parts:
    found = []
    for option, source in enumerate(sources):
        offer = offer_of(request, source, item[0])
        if offer is not None and offer.available > 0:
            found.append((offer.cost, option, offer.available))
    unfilled = NEVER if request.terms.ship_complete else item[0].unfilled
    return Parts(sum(line.quantity for line in item), unfilled, tuple(sorted(found)))


def _joints(request: Request, sources: Sequence[Source], items: Sequence[Sequence[Line]]) -> Iterator[Joint]:
    """A SKU in several items, the capacity of a source: only where it could be too little."""
    needs: dict[str, dict[int, int]] = {}
    for index, item in enumerate(items):
        for line in item:
            by_item = needs.setdefault(line.sku, {})
            by_item[index] = by_item.get(index, 0) + line.quantity
    units = {index: sum(line.quantity for line in item) for index, item in enumerate(items)}
    for option, source in enumerate(sources):
        for sku, by_item in needs.items():
            offer = request.offers.get((source.key, sku))
            if offer is not None and len(by_item) > 1 and sum(by_item.values()) > offer.available:
                yield Joint(option, by_item, offer.available)
        if source.capacity is not None and sum(units.values()) > source.capacity:
            yield Joint(option, units, source.capacity)


def plan_of(framed: Frame, solution: Solution) -> Plan:
    """What the solution gives to each line. One that is not possible gives nothing to any."""
    assignments: list[Assignment] = []
    if solution.possible:
        for index, item in enumerate(framed.items):
            split = framed.problem.parts[index] if framed.problem.parts else None
            if split is not None and solution.shares is not None:
                assignments += _shared(framed, item, solution.shares[index])
            elif (option := solution.choice[index]) != UNFILLED:
                key = framed.sources[option].key
                assignments += [Assignment(line.key, key, line.sku, line.quantity) for line in item]
    places = {line.key: place for place, line in enumerate(framed.request.lines)}
    assignments.sort(key=lambda it: (places[it.line], it.source))
    return costed(framed.request, assignments)


def _shared(framed: Frame, item: Sequence[Line], shares: Sequence[tuple[int, int]]) -> Iterator[Assignment]:
    """Units from each source to one line after the other."""
    left = {framed.sources[option].key: units for option, units in shares}
    for line in item:
        missing = line.quantity
        for source, units in list(left.items()):
            taken = min(missing, units)
            if taken:
                yield Assignment(line.key, source, line.sku, taken)
                left[source] -= taken
                missing -= taken


def costed(request: Request, assignments: Sequence[Assignment]) -> Plan:
    """The plan with its cost, part by part, in the money of the request."""
    fixed = {source.key: source.fixed for source in request.sources}
    missing = {line.key: line.quantity for line in request.lines}
    unit = late = scarcity = credit = 0
    for it in assignments:
        offer = request.offers[it.source, it.sku]
        missing[it.line] -= it.quantity
        unit += offer.unit * it.quantity
        late += offer.late * it.quantity
        scarcity += offer.scarcity * it.quantity
        credit += offer.credit * it.quantity
    unfilled = sum(line.unfilled * missing[line.key] for line in request.lines)
    if any(missing.values()):
        unfilled += request.terms.unfilled_fixed
    opened = sum(fixed[source] for source in {it.source for it in assignments})
    parts = CostParts(opened, unit, late, scarcity, credit, unfilled)
    return Plan(tuple(assignments), {line: units for line, units in missing.items() if units}, parts)
