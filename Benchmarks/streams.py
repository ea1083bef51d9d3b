"""What planning jobs saves, against GridFlex's rule on streams of jobs as it draws them."""
import json

import figures
from machine import Run


def measure(programs, quick):
    """A result each for planning by cost and by carbon, on twenty markets; twice, for two ways to treat jobs that cannot be
    in time from birth."""
    run = Run([programs / "benchmarks", "jobs", 6 if quick else 96])
    if run.status != 0:
        raise RuntimeError("benchmarks jobs failed")
    return [json.loads(line) for line in run.output.splitlines()]


def show(results):
    rows = [[f"planned by {one['aim']}, {one['jobs']:,} jobs" + ", late ones at once" * one["late_from_birth_at_once"],
             100 * one["rule_saving"], 100 * one["plan_saving"], 100 * one["best_saving"], one["ratio"],
             f"{one['missed_by_rule']} / {one['missed_by_plan']}", one["cpu_ms_per_plan"]]
            for one in results]
    return figures.table(
        ["saved against running at once", "rule, %", "plan, %", "best possible, %", "times",
         "feasible deadlines missed", "cpu ms/plan"],
        rows)
