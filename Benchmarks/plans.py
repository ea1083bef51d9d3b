"""Planning: our planner against SciPy, in the same run, on the same problems, to the same proved gap.

Both sides are programs that stay alive and are handed one problem after the other, in turn. Each problem is solved
several times and the fastest run of each side counts, by processor time: what else the machine does shows least there.
"""
import json
import pathlib
import subprocess
import tempfile

import days
import figures
from machine import ROOT, Run


class Case:
    """Problems of one kind. `fresh` also solves each in a process of its own."""

    def __init__(self, name, problems, repeats=3, fresh=False, time_limit=120):
        self.name, self.problems, self.repeats, self.fresh = name, problems, repeats, fresh
        for problem in problems:
            problem["solver"]["time_limit_s"] = time_limit


def cases(quick):
    count = 8 if quick else 32
    weeks = 3 if quick else 20
    return [
        Case("LP, 24 slots of 1 h", [days.fractional(days.day(s, 24, 60)) for s in range(count)]),
        Case("MILP, 96 slots of 15 min", [days.day(s) for s in range(count)], fresh=True),
        Case("MILP, 672 slots, daily windows", [days.day(s, 672) for s in range(weeks)], repeats=1),
    ]


def more_cases(quick):
    """Larger ones, which take the peer long."""
    count = 2 if quick else 20
    return [
        Case("4,000 rigs, 96 slots", [days.day(s, rigs=4000) for s in range(count)]),
        Case("50 scenarios, 96 slots", [days.day(s, scenarios=50) for s in range(count)], repeats=1),
        Case("20 banks, 96 slots", [days.many_banks(s) for s in range(count)], repeats=1, time_limit=10),
    ]


class Solver:
    """A living program that solves one problem per line."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            [str(word) for word in command], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def solve(self, problem):
        self.process.stdin.write(json.dumps(problem) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.process.args[0]} ended without an answer")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def is_proved(answer):
    return answer["objective"] is not None and answer["bound"] is not None


def gap(answer):
    return abs(answer["objective"] - answer["bound"]) / max(1, abs(answer["objective"]))


def disagreement(ours, peer):
    """Why two answers to one problem cannot both be right; None when they can."""
    if (ours["status"] == "infeasible") != (peer["status"] == "infeasible"):
        return f"{ours['status']} against {peer['status']}"
    if ours["status"] == "infeasible" or not is_proved(ours) or not is_proved(peer):
        return None
    slack = 1e-6 * max(1, abs(peer["objective"]))
    if ours["bound"] > peer["objective"] + slack or peer["bound"] > ours["objective"] + slack:
        return (f"objective {ours['objective']} (bound {ours['bound']}) against {peer['objective']} "
                f"(bound {peer['bound']})")
    return None


def fresh_process(problem, program):
    """`solve_ms` and memory of a process that solves this one problem."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(problem, file)
        file.flush()
        runs = [Run([program, "plan", "--problem", file.name, "--json"]) for _ in range(3)]
    return min(json.loads(run.output)["solve_ms"] for run in runs), runs[0].memory_mb


def measure(case, programs, python, say):
    ours = Solver([programs / "benchmarks", "plans"])
    peer = Solver([python, ROOT / "Benchmarks" / "peer.py"])
    measured = []
    for index, problem in enumerate(case.problems):
        one = {}
        for name, solver in (("ours", ours), ("peer", peer)):
            answers = [solver.solve(problem) for _ in range(case.repeats)]
            one[name] = min(answers, key=lambda answer: answer.get("cpu_ms", 0))
        wrong = disagreement(one["ours"], one["peer"])
        if wrong:
            raise RuntimeError(f"{case.name}, problem {index}: {wrong}")
        if one["ours"]["status"] == "infeasible":
            continue
        if case.fresh:
            one["fresh_ms"], one["memory_mb"] = fresh_process(problem, programs / "rigshift")
        measured.append(one)
        say(f"{case.name}: {index + 1} of {len(case.problems)}")
    ours.close()
    peer.close()
    return result(case, measured)


def result(case, measured):
    target = case.problems[0]["solver"]["relative_gap"]

    def side(name):
        answers = [one[name] for one in measured]
        proved = [gap(answer) for answer in answers if is_proved(answer)]
        return {"cpu_ms": figures.summary([answer["cpu_ms"] for answer in answers]),
                "wall_ms": figures.summary([answer["wall_ms"] for answer in answers]),
                "gap": figures.summary(proved) if proved else None,
                "gap_missed": sum(1 for value in proved if value > target * 1.001) + len(answers) - len(proved)}

    ours, peer = side("ours"), side("peer")
    made = {"case": case.name, "problems": len(measured), "ours": ours, "peer": peer,
            "peer_solver_ms": figures.summary([one["peer"]["solver_ms"] for one in measured]),
            "ratio_of_medians": peer["cpu_ms"]["median"] / ours["cpu_ms"]["median"],
            "ratio_of_p90": peer["cpu_ms"]["p90"] / ours["cpu_ms"]["p90"],
            "methods": sorted({one["ours"]["method"] for one in measured})}
    if case.fresh:
        made["fresh_process_solve_ms"] = figures.summary([one["fresh_ms"] for one in measured])
        made["fresh_process_memory_mb"] = max(one["memory_mb"] for one in measured)
    return made


def show_fresh(one):
    times, memory = one["fresh_process_solve_ms"], one["fresh_process_memory_mb"]
    return (f"in a process of its own: solve_ms {figures.number(times['median'])} (p90 {figures.number(times['p90'])}), "
            f"at most {figures.number(memory)} MB")


def show(results):
    rows = []
    for one in results:
        rows.append([
            one["case"], str(one["problems"]), one["ours"]["cpu_ms"]["median"], one["ours"]["cpu_ms"]["p90"],
            one["peer"]["cpu_ms"]["median"], one["peer"]["cpu_ms"]["p90"], one["ratio_of_medians"],
            one["ratio_of_p90"], f"{one['ours']['gap_missed']} / {one['peer']['gap_missed']}"])
    text = figures.table(
        ["planning, ms", "problems", "ours", "p90", "SciPy", "p90", "ratio", "of p90", "gap missed"], rows)
    return "\n".join([text] + [show_fresh(one) for one in results if "fresh_process_solve_ms" in one])
