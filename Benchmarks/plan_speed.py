#!/usr/bin/env python3
"""Times the planner against SciPy's `milp` on the textbook model, same problems, same gap, same run.

    plan_speed.py [--days N] [--case NAME ...] [--json]

Needs SciPy and the release build of PlannerBenchmark. A ratio is the reference's time over ours; `reference` counts
the solve and the building of its model, `ours` everything from a checked problem to an audited plan.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

import reference_planner
import speed_problem

ROOT = pathlib.Path(__file__).resolve().parent.parent
# name: (arguments of the problem, days with a reference at most, its time limit in s)
CASES = {
    "day": ({}, 1000, 60),
    "replan": ({"shift": 1, "perturb": 0.05}, 1000, 60),
    "50 scenarios": ({"scenarios": 50}, 4, 60),
    "400 rigs": ({"rigs": 400}, 0, 60),
    "4000 rigs": ({"rigs": 4000}, 0, 60),
    "week": ({"slots": 672}, 6, 60),
    "20 banks": ({"banks": 20}, 2, 20),
}


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(name, days):
    arguments, references, limit = CASES[name]
    problems = [speed_problem.problem(1000 + day, **arguments) for day in range(days)]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for day, problem in enumerate(problems):
            if name == "20 banks":
                problem["solver"]["time_limit_s"] = 2
            files.append(f"{folder}/{day}.json")
            pathlib.Path(files[-1]).write_text(json.dumps(problem))
        repeats = "1" if name == "20 banks" else "5"
        lines = subprocess.run([str(ROOT / ".build/release/PlannerBenchmark"), "--repeat", repeats, *files],
                               capture_output=True, text=True, check=True).stdout.splitlines()
    ours = [json.loads(line) for line in lines]
    times = [line["median_ms"] for line in ours]
    made = {"case": name, "days": days, "ours_median_ms": statistics.median(times), "ours_p90_ms": percentile(times, .9),
            "worst_gap": max((line.get("relative_gap") or float("inf")) if line["status"] != "infeasible" else 0 for line in ours)}
    compared = problems[:min(days, references)]
    if compared:
        reference = [reference_planner.plan(problem, 1e-3, limit)["seconds"] * 1000 for problem in compared]
        own = times[:len(compared)]
        made |= {"reference_days": len(compared), "reference_median_ms": statistics.median(reference),
                 "ratio_of_medians": statistics.median(reference) / statistics.median(own),
                 "ratio_of_p90": percentile(reference, .9) / percentile(own, .9)}
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--case", action="append", choices=list(CASES))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    for name in arguments.case or CASES:
        made = run(name, arguments.days)
        if arguments.json:
            print(json.dumps(made), flush=True)
        else:
            print("  ".join(f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}"
                            for key, value in made.items()), flush=True)
