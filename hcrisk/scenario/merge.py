"""`extends`: a file that states only what differs from another."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeGuard

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.refusal import dotted, look_up, nearest, refused

Resolve = Callable[[str], Mapping[str, Any]]
# What a file says about itself, so that whoever extends it does not.
ABOUT = ("label", "description")
UNNAMED = "unnamed"
# The paths of what a file does not inherit.
WITHOUT = "without"


class Resolved(NamedTuple):
    """A file's content with everything it inherits.

    Attributes
    ----------
    content : dict
    own : frozenset of str
        The paths the file states itself; holding only "" if it extends nothing.
    parent : dict or None
        The content of what it extends, itself resolved.
    """

    content: dict[str, Any]
    own: frozenset[str]
    parent: dict[str, Any] | None


def is_leaf(table: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Tell whether a table is one value (a number, law, size or count), replaced as a whole.

    Examples
    --------
    >>> is_leaf({"dist": "normal", "mean": 1, "sd": 2}, ("roles", "analyst", "pay"))
    True
    >>> is_leaf({"per_provider": 4.5}, ("practice", "users"))
    True
    >>> is_leaf({"per_provider": 30}, ("services", "ehr", "arrangements", "a", "contracts", "v"))
    False
    """
    if "dist" in table or "value" in table or {"per", "ratio"} <= set(table):
        return True
    # A contract has a price per provider, which is one field among others.
    is_contract = len(path) > 1 and path[-2] == "contracts"
    return "per_provider" in table and not is_contract


def merged(
    parent: Mapping[str, Any], child: Mapping[str, Any], path: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return ``parent`` with what ``child`` states: tables by key, anything else whole.

    Parameters
    ----------
    parent, child : mapping
    path : tuple of str
        Where the two stand.

    Returns
    -------
    dict
        New throughout; the parent's keys first, in their order.

    Examples
    --------
    >>> merged({"a": {"x": 1, "y": [1, 2]}}, {"a": {"y": [3]}, "b": 4})
    {'a': {'x': 1, 'y': [3]}, 'b': 4}
    """
    result = copy.deepcopy(dict(parent))
    for key, entry in child.items():
        here = (*path, key)
        old = result.get(key)
        if _is_section(old, here) and _is_section(entry, here):
            result[key] = merged(old, entry, here)
        else:
            result[key] = copy.deepcopy(entry)
    return result


def _is_section(entry: Any, path: tuple[str, ...]) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(entry, Mapping) and not is_leaf(entry, path)


def resolved(mapping: Mapping[str, Any], resolve: Resolve | None) -> Resolved:
    """Return a file's content with everything it inherits.

    A label and a description are not inherited: a file without a label of its own gets one that
    says what it extends. Nor is what stands at a path named in ``without``, in whatever
    correlations too.

    Parameters
    ----------
    mapping : mapping
    resolve : callable, optional
        Gives the content of the scenario named by ``extends``; raises `ScenarioError` if there
        is none.

    Returns
    -------
    Resolved

    Raises
    ------
    ScenarioError
        If a parent is unknown or extends its own child, or has nothing at a path of ``without``.

    Examples
    --------
    >>> parent = {"label": "A group of 50", "currency": "USD"}
    >>> resolved({"name": "mine", "extends": "group"}, lambda name: parent).content
    {'label': 'mine (extends group)', 'currency': 'USD', 'name': 'mine'}
    >>> mine = {"name": "mine", "extends": "group", "without": ["currency"]}
    >>> resolved(mine, lambda name: parent).content
    {'label': 'mine (extends group)', 'name': 'mine'}
    """
    content = copy.deepcopy(dict(mapping))
    if "extends" not in content:
        if WITHOUT in content:
            rule = "leaves out what is inherited, and this file extends nothing"
            raise refused(WITHOUT, content[WITHOUT], rule, "remove it")
        return Resolved(content, frozenset({""}), None)
    chain: list[str] = []
    layers = [content]
    while "extends" in layers[-1]:
        name = layers[-1].pop("extends")
        layers.append(_parent(name, chain, resolve))
        chain.append(name)
    whole = parent = layers.pop()
    while layers:
        own, parent = layers.pop(), whole
        about = {"label": f"{own.get('name', UNNAMED)} (extends {chain.pop()})"}
        inherited = {key: entry for key, entry in parent.items() if key not in ABOUT}
        left = _left_out(inherited, own.pop(WITHOUT, []))
        whole = merged({**about, **left}, own)
    return Resolved(whole, frozenset(leaves(own)), parent)


def _left_out(inherited: Mapping[str, Any], paths: Any) -> dict[str, Any]:
    """Return what is inherited but for what stands at some dotted paths."""
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        rule = "must be a list of dotted paths"
        raise refused(WITHOUT, paths, rule, 'write it as ["services.software", "insurance"]')
    left = copy.deepcopy(dict(inherited))
    for path in paths:
        *parts, last = path.split(".")
        found, table = look_up(left, ".".join(parts)) if parts else (True, left)
        if not found or not isinstance(table, dict) or last not in table:
            known = table if found and isinstance(table, dict) else left
            rule = "has nothing to leave out there"
            remedy = nearest(last if known is table else parts[0], tuple(known))
            raise refused(WITHOUT, path, rule, remedy)
        del table[last]
    if "correlations" in left:
        left["correlations"] = list(_correlations_without(left["correlations"], paths))
    return left


def _correlations_without(entries: Any, paths: list[str]) -> Iterator[Any]:
    """Iterate over what is left of correlations when nothing stands at some paths any more."""

    def stays(name: str) -> bool:
        return not any(name == path or name.startswith(f"{path}.") for path in paths)

    for entry in entries:
        if "between" in entry:
            if all(map(stays, entry["between"])):
                yield entry
            continue
        kept = [i for i, name in enumerate(entry["inputs"]) if stays(name)]
        if len(kept) > 1:
            matrix = [[entry["matrix"][i][j] for j in kept] for i in kept]
            yield {**entry, "inputs": [entry["inputs"][i] for i in kept], "matrix": matrix}


def _parent(name: Any, chain: list[str], resolve: Resolve | None) -> dict[str, Any]:
    if not isinstance(name, str) or not name:
        raise refused("extends", name, "must be text", 'name a scenario, as in "mid-market"')
    if name in chain:
        circle = " -> ".join([*chain[chain.index(name) :], name])
        rule = f"must not lead back to itself ({circle})"
        raise refused("extends", name, rule, "let one of these files stand on its own")
    if resolve is None:
        remedy = "hand it to hcrisk.load or hcrisk.from_toml, which find other scenarios"
        raise refused("extends", name, "cannot be looked up here", remedy)
    try:
        return copy.deepcopy(dict(resolve(name)))
    except ScenarioError as error:
        raise ScenarioError(_placed(problem) for problem in error.problems) from None


def _placed(problem: Problem) -> Problem:
    return problem if problem.path else problem._replace(path="extends")


def leaves(content: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Iterate over the dotted paths of all that is no table of further entries.

    Examples
    --------
    >>> list(leaves({"horizon": {"years": {"value": 5}}, "name": "a"}))
    ['horizon.years', 'name']
    """
    for key, entry in content.items():
        here = (*path, key)
        if isinstance(entry, Mapping) and not is_leaf(entry, here):
            yield from leaves(entry, here)
        else:
            yield dotted(here)
