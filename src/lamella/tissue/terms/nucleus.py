"""The nucleus: a stiff compartment inside the cell, which fibres of the matrix stop.

    H = sum over cells of stiffness * (sites of the nucleus - target)^2
                        + rigidity * (its perimeter - target)^2
      + sum over nuclear sites of the energy of the fibres there

The perimeter of a nucleus is the number of pairs of a site of its own and a neighbour that is not. Cytoplasm flows past
fibres, a nucleus must squeeze between them: its rigidity against their gaps decides which pores a cell passes (Wolf et
al. 2013, doi:10.1083/jcb.201210152; as a compartment of the lattice: Scianna, Preziosi & Wolf 2013,
doi:10.3934/mbe.2013.10.235). A site of the nucleus cannot be lost before the nucleus has left it.
"""

from lamella.tissue.kernel import term
from lamella.tissue.record import (
    NUCLEUS_EDGE,
    NUCLEUS_PERIMETER,
    NUCLEUS_RIGIDITY,
    NUCLEUS_SITES,
    NUCLEUS_STIFFNESS,
    NUCLEUS_VOLUME,
)


@term
def nucleus_change(cell, gained, longer, fibres, record):
    """Energy change if the nucleus gains (`gained` 1) or loses (-1) a site.

    longer   growth of its perimeter
    fibres   energy of the fibres at the site
    """
    volume = gained * (2.0 * (record[cell, NUCLEUS_SITES] - record[cell, NUCLEUS_VOLUME]) + gained)
    perimeter = longer * (2.0 * (record[cell, NUCLEUS_EDGE] - record[cell, NUCLEUS_PERIMETER]) + longer)
    elastic = record[cell, NUCLEUS_STIFFNESS] * volume + record[cell, NUCLEUS_RIGIDITY] * perimeter
    return elastic + gained * fibres
