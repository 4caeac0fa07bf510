"""Names and numbers as people read them: read-outs with their units, times, ratios. Independent of the locale."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import xarray as xr

MISSING = "–"
"""Stands where a number cannot be told."""

_UNITS = {
    "um": "µm", "um2": "µm²", "um^2": "µm²", "um/h": "µm/h", "um/min": "µm/min", "um/s": "µm/s", "uM": "µM",
    "dimensionless": "", "1": "", "percent": "%",
}

_READOUTS = {
    "closure": ("Closed share of the wound", "%", 100.0),
    "closure_course": ("Closed share of the wound", "%", 100.0),
    "wound_area": ("Open area of the wound", "µm²", 1.0),
    "closed": ("Closed share of the wound", "%", 100.0),
    "front_advance": ("Advance of the front", "µm", 1.0),
    "elongation": ("Elongation along the cell's axis", "", 1.0),
    "edge_speed": ("Speed of cells at the free edge", "µm/h", 1.0),
    "rac1_total": ("Total Rac1", "molecules per cell", 1.0),
    "rac1_gtp": ("Rac1-GTP", "molecules per cell", 1.0),
    "speed": ("Speed", "µm/h", 1.0),
    "persistence": ("Persistence", "min", 1.0),
    "msd_exponent": ("Exponent of the mean squared displacement", "", 1.0),
    "msd": ("Mean squared displacement", "µm²", 1.0),
    "directionality_over_time": ("Directionality ratio from the start", "", 1.0),
    "direction_autocorrelation": ("Autocorrelation of direction", "", 1.0),
    "directionality": ("Directionality ratio", "", 1.0),
    "track_speed": ("Path over time", "µm/h", 1.0),
    "net_speed": ("Net distance over time", "µm/h", 1.0),
    "outreach_ratio": ("Outreach ratio", "", 1.0),
    "turning_angle": ("Turning angle", "°", 1.0),
    "aspect": ("Aspect ratio", "", 1.0),
    "lamellae": ("Broad protrusions per cell", "", 1.0),
    "narrow_protrusions": ("Narrow protrusions per cell", "", 1.0),
    "tails": ("Tails per cell", "", 1.0),
    "protruding": ("Share of the area in protrusions", "%", 100.0),
    "longest_protrusion": ("Longest protrusion", "µm", 1.0),
    "forward_index": ("Forward index up the slope", "", 1.0),
    "drift": ("Speed up the slope", "µm/h", 1.0),
    "cosine": ("Cosine of steps to the slope", "", 1.0),
    "upward": ("Cells that end further up", "%", 100.0),
    "side_index": ("Index across the slope", "", 1.0),
    "crossed": ("Cells that crossed the filter", "%", 100.0),
    "boyden_index": ("Cells through the filter, up over down", "fold", 1.0),
    "slope_left": ("Slope that cells leave of the factor", "%", 100.0),
    "spread_share": ("Cells that have spread", "%", 100.0),
    "spreading_half_time": ("Time until half of the area is gained", "min", 1.0),
    "bound_receptors": ("Receptors on ligand", "molecules per cell", 1.0),
    "area_course": ("Area of a cell", "µm²", 1.0),
    "depth_median": ("Median depth in the gel", "µm", 1.0),
    "depth_90": ("Depth of the foremost tenth", "µm", 1.0),
    "invaded": ("Cells in the gel", "%", 100.0),
    "fibres_cut": ("Fibres cut", "%", 100.0),
    "depth_course": ("Depth of the cells in the gel", "µm", 1.0),
    "gathering": ("Ligand under the cells over the mean", "", 1.0),
    "scattered": ("Cells that touch no other", "%", 100.0),
    "scattered_course": ("Cells that touch no other", "%", 100.0),
    "neighbours": ("Neighbours of a cell", "", 1.0),
    "nearest": ("Distance to the nearest cell", "µm", 1.0),
    "spread": ("Spread of an island over that at the start", "", 1.0),
    "half_time": ("Time until half of the cells are scattered", "h", 1.0),
    "area": ("Spread area", "µm²", 1.0),
    "bound": ("Soluble ligand bound", "molecules per cell", 1.0),
    "activation_index": ("Activation index", "%", 100.0),
    "extended": ("Extended share of the receptors", "%", 100.0),
    "kd": ("Kd of soluble ligand", "nM", 1.0),
    "binding": ("Soluble ligand bound", "molecules per cell", 1.0),
    "bmax": ("Bmax of soluble ligand", "molecules per cell", 1.0),
    "surface": ("Receptors on the surface", "molecules per cell", 1.0),
    "ic50": ("Dose of half of the change (IC50)", "nM", 1.0),
    "ic50_absolute": ("Dose that halves the band", "nM", 1.0),
    "hill": ("Exponent of the dose response", "", 1.0),
    "untreated": ("Band without the agent", "molecules per cell", 1.0),
    "left": ("Left at the highest dose", "%", 100.0),
    "held": ("Receptors that hold ligand", "molecules per cell", 1.0),
    "clustered": ("Receptors in clusters", "molecules per cell", 1.0),
    "clustered_share": ("Clustered share of those that hold", "%", 100.0),
    "cluster_density": ("Density of receptors in clusters", "molecules/µm²", 1.0),
    "avidity_index": ("Receptors that hold over extended ones", "", 1.0),
    "clustering_gain": ("What clustering adds", "fold", 1.0),
    "attached": ("Attached after a wash", "%", 100.0),
    "detachment": ("Cells still on", "%", 100.0),
    "attached_course": ("Attached after a wash", "%", 100.0),
    "detachment_force": ("Detachment force", "nN", 1.0),
    "force_per_bond": ("Detachment force per bond", "pN", 1.0),
    "bonds": ("Receptors that hold ligand", "molecules per cell", 1.0),
    "surviving": ("Cells alive", "%", 100.0),
    "surviving_course": ("Cells alive", "%", 100.0),
    "dead": ("Dead cells", "%", 100.0),
    "dead_course": ("Dead cells in suspension", "%", 100.0),
    "dead_attached": ("Dead cells on the matrix", "%", 100.0),
    "anoikis": ("Cells that detachment kills", "%", 100.0),
    "half_dead": ("Time until half of the cells are dead", "h", 1.0),
    "cut": ("Share of PARP that is cut", "%", 100.0),
}
"""Names of the read-outs that assays of this package share: title, unit, factor from stored to shown."""

_FAMILIAR = {
    "rac1": "Rac1", "rhoa": "RhoA", "cdc42": "Cdc42", "erk": "Erk", "mapk1": "Erk2", "mapk3": "Erk1", "ptk2": "FAK",
    "raf1": "C-RAF", "map2k1": "MEK1", "xiap": "XIAP", "birc2": "cIAP1", "birc3": "cIAP2", "birc7": "ML-IAP",
    "diablo": "Smac", "myl9": "MLC", "bcar1": "p130Cas", "akt1": "Akt",
}
_BLOT = re.compile(r"([A-Za-z0-9]+)[._](total|gtp|p(?:[STYsty]\d+)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Shown:
    """How a variable is shown: a title, its unit (may be empty), and the factor from the stored value."""

    title: str
    unit: str
    factor: float = 1.0

    @property
    def label(self) -> str:
        return f"{self.title} ({self.unit})" if self.unit else self.title


def shown(name: str, variable: xr.DataArray | None = None) -> Shown:
    """Title and unit of a variable: those of the table above, else its own attributes `long_name` and `units`.

    name   as in the Dataset, or ASSAY.NAME where two assays have the same
    """
    attributes = {} if variable is None else variable.attrs
    assay, _, last = name.rpartition(".")
    if name in _READOUTS:
        return Shown(*_READOUTS[name])
    if last in _READOUTS:
        title, unit, factor = _READOUTS[last]
        return Shown(f"{title} ({_plain_name(assay).lower()})", unit, factor)
    if blot_title(name):
        return Shown(str(blot_title(name)), "molecules per cell")
    title = str(attributes.get("long_name") or _plain_name(name))
    return Shown(title[:1].upper() + title[1:], unit_name(str(attributes.get("units", ""))))


def unit_name(unit: str) -> str:
    """A unit in print: 'um2' is µm²."""
    return _UNITS.get(unit, unit)


def blot_title(name: str) -> str | None:
    """'RAC1.gtp' or 'rac1_gtp' -> 'Rac1-GTP'; 'MAPK1.p' -> 'p-Erk2'; None where the name is no blot quantity."""
    match = _BLOT.fullmatch(name)
    if match is None:
        return None
    gene, form = match.groups()
    gene = _FAMILIAR.get(gene.lower(), gene)
    if form[0].lower() == "p":
        return f"p-{gene}" + (f" ({form[1:].upper()})" if form[1:] else "")
    return f"Total {gene}" if form.lower() == "total" else f"{gene}-GTP"


def number(value: float, digits: int = 3) -> str:
    """Significant digits, thousands apart by a thin no-break space; no exponent between 1e-3 and 1e9."""
    value = float(value)
    if not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e9:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa} × 10^{int(exponent)}".replace("-", "−")
    magnitude = int(f"{value:.{digits - 1}e}".split("e")[1])  # of the rounded number: 99.96 is 100
    decimals = max(0, digits - 1 - magnitude)
    text = f"{value:,.{decimals}f}" if abs(value) >= 1e4 else f"{value:.{decimals}f}"
    return text.replace(",", "\u202f").replace("-", "−")


def tick(value: float) -> str:
    """A number at an axis: as short as it can be written."""
    text = number(value, 6)
    return text.rstrip("0").rstrip(".") if "." in text and "×" not in text else text


def ratio(value: float) -> str:
    """A ratio with two decimals, three digits where it is large."""
    value = float(value)
    return f"{value:.2f}" if math.isfinite(value) and 0.095 <= value < 99.5 else number(value)


def interval(low: float, high: float, form=number) -> str:
    """'1.21 to 1.66', or a dash where there is no interval."""
    return f"{form(low)} to {form(high)}" if math.isfinite(low) and math.isfinite(high) else MISSING


def hours(seconds: float) -> str:
    """A time stamp: '30 min', '6 h', '2.5 h'."""
    if 0 < seconds < 5400:
        return f"{seconds / 60:.3g} min"
    return f"{seconds / 3600:.3g} h"


def broken(name: str, width: int = 15) -> str:
    """A name in lines of about `width` characters: broken after + and at spaces, else after -, in need anywhere."""
    pieces = []
    for piece in re.findall(r"[^\s+]*(?:\+|\s+|$)", name):
        finer = re.findall(r"[^-]*(?:-|$)", piece) if len(piece) > width + 3 else [piece]
        for part in finer:
            pieces += [part[i:i + width + 3] for i in range(0, len(part), width + 3)]
    lines = [""]
    for piece in pieces:
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.strip() for line in lines)


def dose(text: str) -> str:
    """'10 ug/ml' -> '10 µg/ml'."""
    return re.sub(r"(?<![^\W\d_])u(?=(?:g|m|M|l|L|mol)\b)", "µ", text)


def joined(parts: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"


def _plain_name(name: str) -> str:
    text = name.replace("_", " ").strip() or name
    return text[:1].upper() + text[1:]
