"""A finding beside its assay: the judge, the scorecard, and the reactions that carry an effect."""

from lamella.verdicts.bench import Bench, Plate
from lamella.verdicts.causal_path import Carrier, CausalPath, causal_path
from lamella.verdicts.checking import Replicates, check, check_one, is_population
from lamella.verdicts.cross_check import cross_check
from lamella.verdicts.effect import Criterion, Effect, Standing, smallest_effect
from lamella.verdicts.explaining import explain
from lamella.verdicts.judging import judge, standing
from lamella.verdicts.names import ModelNames, model_names
from lamella.verdicts.score import GROUPS, STATES, Scorecard, score_table, scorecard
from lamella.verdicts.verdict import CellVerdict, ExpectationVerdict, Outcome, Verdict, jointly, verdict

__all__ = ["GROUPS", "STATES", "Bench", "Carrier", "CausalPath", "CellVerdict", "Criterion", "Effect",
           "ExpectationVerdict", "ModelNames", "Outcome", "Plate", "Replicates", "Scorecard", "Standing", "Verdict",
           "causal_path", "check", "check_one", "cross_check", "explain", "is_population", "jointly", "judge",
           "model_names", "score_table", "scorecard", "smallest_effect", "standing", "verdict"]
