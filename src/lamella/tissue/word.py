"""The packed 32-bit word of a site.

    bits  0-19   cell that owns the site; 0 is medium, `WALL` is a wall or an obstacle
    bits 20-23   kind of that cell
    bits 24-28   neighbours that belong to another cell or to medium (walls do not count)
    bit  29      look closer: ghosts repeat the site, or it touches a wall or another tile
    bit  30      the site is such a ghost
    bit  31      the site is on the border list of its tile

One load tells the kernel nearly all it wants to know of a neighbour.
"""

import numpy as np

ID = np.uint32(0xFFFFF)
WALL = np.uint32(0xFFFFF)
KIND = np.uint32(0xF)
KIND_SHIFT = np.uint32(20)
COUNT = np.uint32(0x1F)
COUNT_SHIFT = np.uint32(24)
COUNT_BITS = np.uint32(0x1F000000)
RIM = np.uint32(1 << 29)
LISTED_SHIFT = np.uint32(31)
LISTED = np.uint32(1 << 31)
GHOST = np.uint32(1 << 30)
BODY = np.uint32(0xFFFFFF)
"""Owner and kind: the part of the word that a copy carries over."""

STANDING = np.uint32(0xE)
"""Kind of cells that stand by: to touch them is no contact. The last but that of the wall."""

MOST_CELLS = int(WALL) - 1
MOST_KINDS = int(KIND)
"""Kinds of cells and medium together; the last number is the wall's."""
