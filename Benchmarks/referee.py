#!/usr/bin/env python3
"""Compares the planner with the independent SciPy reference on random problems.

    referee.py [--first SEED] [--count N] [--program PATH]

Prints each disagreement with its seed and a summary of what was covered; exits 1 when there is any.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys

import random_problem
import reference_planner


def planned(program, problem):
    run = subprocess.run([program, "plan", "--problem", "-", "--json"], input=json.dumps(problem), text=True,
                         capture_output=True)
    if run.returncode == 1 or not run.stdout:
        return {"status": "refused", "message": f"exit {run.returncode}: {run.stderr.strip()}"}
    return json.loads(run.stdout)


def disagreement(ours, reference):
    if ours["status"] in ("refused",):
        return ours["message"]
    if reference["status"] == "unknown":
        return None
    if (ours["status"] == "infeasible") != (reference["status"] == "infeasible"):
        return f"{ours['status']} {ours.get('message', '')} against {reference['status']}"
    if ours["status"] == "infeasible":
        return None
    if ours["status"] not in ("optimal", "incumbent"):
        return f"only {ours['status']}"
    totals = collections.defaultdict(float)
    for slack in ours["slack"]:
        totals[slack["limit"]] += slack["amount"]
    for limit in ("minimum_on", "job_deadline", "minimum_rig_hours", "average_carbon_cap"):
        wanted = reference.get("slack", {}).get(limit, 0)
        if abs(totals[limit] - wanted) > 1e-4 * max(1, wanted):
            return f"{limit} slack {totals[limit]} against {wanted}"
    difference = abs(ours["objective"] - reference["objective"])
    if difference > 1e-5 * max(1, abs(reference["objective"])):
        return f"objective {ours['objective']} ({ours['bound']}) against {reference['objective']} ({reference['bound']})"
    return None


def traits(problem):
    """What a problem exercises."""
    slots, limits = problem["slots"], problem["limits"]
    hours = sum(slot["minutes"] for slot in slots) / 60
    found = {
        "negative prices": any(slot["import_price"] < 0 for slot in slots),
        "mixed slots": len({slot["minutes"] for slot in slots}) > 1,
        f"{hours:g}-hour day": hours in (23, 25) and len(slots) in (23, 25, 46, 50),
        "partial dwell": any(b["running_for_minutes"] or b["stopped_for_minutes"] for b in problem["banks"]),
        "several banks": len(problem["banks"]) > 1, "scenarios": len(problem["scenario_weights"]) > 1,
        "tail priced": problem["weights"]["cvar_weight"] > 0, "jobs": bool(problem["jobs"]),
        "blocks": any(not job["interruptible"] for job in problem["jobs"]),
        "average carbon cap": limits["average_carbon_cap_g_per_kwh"] is not None,
        "carbon ceiling": limits["import_carbon_ceiling_g_per_kwh"] is not None,
        "fractions": not problem["solver"]["integral"]}
    return [name for name, applies in found.items() if applies]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--program", default=str(root / ".build/release/rigshift"))
    arguments = parser.parse_args()
    kinds, covered, wrong, second_looks = collections.Counter(), collections.Counter(), 0, 0
    for seed in range(arguments.first, arguments.first + arguments.count):
        problem = random_problem.problem(seed)
        ours = planned(arguments.program, problem)
        reference = reference_planner.plan(problem)
        found = disagreement(ours, reference)
        if found:
            # HiGHS's presolve has been seen to lose better plans that its own model allows: the judge looks twice.
            found = disagreement(ours, reference_planner.plan(problem, presolve=False))
            second_looks += 1
        kind = ours["status"] + (" with slack" if ours.get("slack") else "")
        kinds[kind] += 1
        covered.update(traits(problem))
        if found:
            wrong += 1
            print(f"seed {seed}: {found}", flush=True)
    print(f"{arguments.count} problems, {wrong} disagreements ({second_looks} looked at twice): {dict(kinds)}")
    print("with " + ", ".join(f"{name}: {count}" for name, count in sorted(covered.items())))
    sys.exit(1 if wrong else 0)
