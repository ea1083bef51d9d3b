#!/usr/bin/env python3
"""The peer of the planning benchmarks: SciPy's `milp` (HiGHS) on the aggregated textbook model of
`reference_planner.py`. Runs in the benchmarks' own virtual environment, one problem per line on standard input, one
result per line on standard output, so that libraries are loaded once, as in a living program.

Times include building the model. `solver_ms` is the part spent inside SciPy's `milp` alone.
"""
import json
import sys
import time

import reference_planner


class SolverTime:
    """Stands in for `milp` and adds up the processor time spent in it."""

    def __init__(self, solve):
        self.solve, self.spent = solve, 0.0

    def __call__(self, *arguments, **options):
        began = time.process_time()
        try:
            return self.solve(*arguments, **options)
        finally:
            self.spent += time.process_time() - began


def main():
    solver = reference_planner.milp = SolverTime(reference_planner.milp)
    for line in sys.stdin:
        problem = json.loads(line)
        settings = problem["solver"]
        solver.spent = 0.0
        wall, cpu = time.perf_counter(), time.process_time()
        result = reference_planner.plan(problem, settings["relative_gap"], settings["time_limit_s"])
        answer = {
            "status": result["status"], "objective": result.get("objective"), "bound": result.get("bound"),
            "cpu_ms": 1000 * (time.process_time() - cpu), "wall_ms": 1000 * (time.perf_counter() - wall),
            "solver_ms": 1000 * solver.spent}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
