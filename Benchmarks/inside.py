"""What happens every second: ticks of the controller, seconds of the simulated site, whole simulated weeks."""
import json
import statistics

import figures
from machine import Run

EXAMPLE = "boards/examples/yokohama.toml"


def ticks(programs):
    """Nanoseconds by size of the site, from the benchmark program."""
    found = []
    for what in ("ticks", "world"):
        run = Run([programs / "benchmarks", what])
        if run.status != 0:
            raise RuntimeError(f"benchmarks {what} failed")
        found += [json.loads(line) for line in run.output.splitlines()]
    return found


def weeks(programs, quick, say):
    """Simulated weeks of the example site, by planner and faults."""
    made = []
    for planner in ("lp", "milp"):
        for faults in ("none", "many"):
            days = 1 if quick else 7
            runs, violations = [], 0
            for seed in range(1, 2 if quick else 4):
                run = Run([programs / "rigshift", "simulate", "--site", EXAMPLE, "--days", days, "--seed", seed,
                           "--faults", faults, "--planner", planner, "--json"])
                violations += json.loads(run.output)["violation_count"]
                runs.append(run)
            made.append({
                "planner": planner, "faults": faults, "days": days, "runs": len(runs),
                "cpu_s": statistics.median(run.cpu for run in runs),
                "wall_s": statistics.median(run.wall for run in runs),
                "cpu_s_per_day": statistics.median(run.cpu for run in runs) / days,
                "peak_memory_mb": max(run.memory_mb for run in runs), "violations": violations})
            say(f"simulated days: {planner}, faults {faults}")
    return made


def show_ticks(results):
    rows = [[one["figure"], f"{one['rigs']:,}", one["median_ns"] / 1000, one["p90_ns"] / 1000] for one in results]
    return figures.table(["one second, microseconds", "rigs", "median", "p90"], rows)


def show_weeks(results):
    rows = [[f"{one['days']} days, planner {one['planner']}, faults {one['faults']}", one["cpu_s"], one["wall_s"],
             one["cpu_s_per_day"], one["peak_memory_mb"]] for one in results]
    return figures.table(["simulation of the example site", "cpu s", "wall s", "cpu s/day", "peak MB"], rows)
