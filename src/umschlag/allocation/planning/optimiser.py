"""The only place that knows the solver, HiGHS.

Linear programs that are solved again after a change, and small programs in whole numbers.
Deterministic: one thread, a fixed seed, and limits in nodes and never in seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from umschlag.allocation.planning.open_pairs import Floats
from umschlag.allocation.planning.relaxation import LinearProgram
from umschlag.kernel.errors import UmschlagError

Stop = Callable[[], bool]
"""Asked now and then; True means: come to an end with what there is."""


class SolverFailed(UmschlagError):
    """The solver found no answer to a program that has one; the planner falls back."""


class Stopped(UmschlagError):
    """The solver was asked to stop before it had an answer."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """Columns' values, rows' prices (worth of one more of the limit), and the worth in all."""

    values: Floats
    prices: Floats
    worth: float


class WarmProgram:
    """A linear program that is solved again after its columns' bounds changed."""

    def __init__(self, program: LinearProgram, stop: Stop) -> None:
        self._solver = _solver_of(program)
        self._stop = stop
        self._columns = np.arange(len(program.worth), dtype=np.int32)
        self._solver.cbSimplexInterrupt += self._interrupt

    def solve(self, most: Floats | None = None) -> Solution:
        """Return the best values, each column between 0 and its most.

        Raises:
            Stopped: `stop` said so before there was an answer.
            SolverFailed: the solver gave up.
        """
        if most is not None:
            self._solver.changeColsBounds(
                len(self._columns), self._columns, np.zeros(len(most)), most
            )
        if self._stop():
            raise Stopped("stopped before the linear program was solved")
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInterrupt:
            raise Stopped("stopped before the linear program was solved")
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverFailed(f"HiGHS: {self._solver.modelStatusToString(status)}")
        solution = self._solver.getSolution()
        return Solution(
            values=np.asarray(solution.col_value, dtype=np.float64),
            prices=np.asarray(solution.row_dual, dtype=np.float64),
            worth=self._solver.getInfo().objective_function_value,
        )

    def _interrupt(self, event: highspy.HighsCallbackEvent) -> None:
        if self._stop():
            event.interrupt()


def best_integers(
    program: LinearProgram, *, whole_columns: int, start: Floats, nodes_max: int
) -> Floats:
    """Return values of much worth, the first `whole_columns` of them whole numbers.

    The best there are (within 0.01 %) where `nodes_max` nodes of the search were enough to prove
    it; else the best that was found, which is never worth less than the start.
    """
    solver = _solver_of(program, whole_columns=whole_columns)
    solver.setOptionValue("mip_max_nodes", nodes_max)
    solver.setOptionValue("mip_rel_gap", 1e-4)
    first = highspy.HighsSolution()
    first.col_value = start.tolist()
    solver.setSolution(first)
    solver.run()
    values = np.asarray(solver.getSolution().col_value, dtype=np.float64)
    if len(values) != len(start) or program.worth @ values < program.worth @ start:
        return start
    values[:whole_columns] = np.round(values[:whole_columns])
    return values


def _solver_of(program: LinearProgram, *, whole_columns: int = 0) -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor has no annotation
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.worth), len(program.limits)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.worth
    model.col_lower_ = np.zeros(len(program.worth))
    model.col_upper_ = program.most
    model.row_lower_ = np.full(len(program.limits), -highspy.kHighsInf)
    model.row_upper_ = program.limits
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = program.starts
    model.a_matrix_.index_ = program.rows
    model.a_matrix_.value_ = program.coefficients
    if whole_columns:
        kinds = [highspy.HighsVarType.kInteger] * whole_columns
        others = len(program.worth) - whole_columns
        model.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * others
    solver.passModel(model)
    return solver
