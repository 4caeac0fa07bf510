"""A finding beside its assay: the judge, the scorecard, and the reactions that carry an effect."""

from lamella.verdicts.bench import Bench
from lamella.verdicts.blindness import first_check, first_score
from lamella.verdicts.causal_path import Carrier, CausalPath, causal_path
from lamella.verdicts.checking import Moment, Replicates, check, check_one, is_blot, is_population, sample
from lamella.verdicts.comparing import Change, Difference, compare
from lamella.verdicts.contradictions import ROW_STATES, Row, breaches, differences, judged
from lamella.verdicts.contradictions import rows as contradiction_rows
from lamella.verdicts.cross_check import cross_check
from lamella.verdicts.effect import Criterion, Effect, Standing, smallest_effect
from lamella.verdicts.ensemble import binomial_interval, factors
from lamella.verdicts.explaining import explain, explain_run
from lamella.verdicts.judging import judge, standing
from lamella.verdicts.mutants import Mutant, MutationTest, mutate
from lamella.verdicts.names import ModelNames
from lamella.verdicts.pace import Pace, Steady, spoken
from lamella.verdicts.parts import Lost, PartsTest, without_parts
from lamella.verdicts.paths import CELLS as PATH_CELLS
from lamella.verdicts.paths import paths_of
from lamella.verdicts.plate import Plate
from lamella.verdicts.rank_odds import log_odds, odds
from lamella.verdicts.results import Results
from lamella.verdicts.robustness import Robustness, population_robustness, tissue_robustness
from lamella.verdicts.route import Route, Step, route
from lamella.verdicts.score import GROUPS, STATES, Scorecard, scorecard
from lamella.verdicts.score_table import score_table
from lamella.verdicts.stability import under_other_thresholds
from lamella.verdicts.structures import StructureVerdict, judge_structures
from lamella.verdicts.verdict import CellVerdict, ExpectationVerdict, Outcome, Verdict, jointly, verdict
from lamella.verdicts.well_robustness import by_means, in_wells, well_robustness

__all__ = [
           "GROUPS",
           "PATH_CELLS",
           "ROW_STATES",
           "STATES",
           "Bench",
           "Carrier",
           "CausalPath",
           "CellVerdict",
           "Change",
           "Criterion",
           "Difference",
           "Effect",
           "ExpectationVerdict",
           "Lost",
           "ModelNames",
           "Moment",
           "Mutant",
           "MutationTest",
           "Outcome",
           "Pace",
           "PartsTest",
           "Plate",
           "Replicates",
           "Results",
           "Robustness",
           "Route",
           "Row",
           "Scorecard",
           "Standing",
           "Steady",
           "Step",
           "StructureVerdict",
           "Verdict",
           "binomial_interval",
           "breaches",
           "by_means",
           "causal_path",
           "check",
           "check_one",
           "compare",
           "contradiction_rows",
           "cross_check",
           "differences",
           "explain",
           "explain_run",
           "factors",
           "first_check",
           "first_score",
           "in_wells",
           "is_blot",
           "is_population",
           "jointly",
           "judge",
           "judge_structures",
           "judged",
           "log_odds",
           "mutate",
           "odds",
           "paths_of",
           "population_robustness",
           "route",
           "sample",
           "score_table",
           "scorecard",
           "smallest_effect",
           "spoken",
           "standing",
           "tissue_robustness",
           "under_other_thresholds",
           "verdict",
           "well_robustness",
           "without_parts",
]
