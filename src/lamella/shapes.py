"""Names of the array axes, in the order in which they occur everywhere."""

REPLICATES = "replicates"
ARMS = "arms"
TIMES = "times"
CELLS = "cells"
SPECIES = "species"
REACTIONS = "reactions"
PARAMETERS = "parameters"
SITES = "sites"

ORDER = (REPLICATES, ARMS, TIMES, CELLS, SPECIES, REACTIONS, PARAMETERS, SITES)
