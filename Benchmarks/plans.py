"""Planning: our planner against its peers, in the same run, on the same problems, to the same proved gap.

Both sides are programs that stay alive and are handed one problem after the other, in turn. Each problem is solved
several times and the fastest run of each side counts, by processor time: what else the machine does shows least there.
"""
import json
import pathlib
import subprocess
import tempfile

import days
import figures
from machine import ROOT, Run, field

SCIPY = ("SciPy", "bench-venv", "peer.py")
CBC = ("PuLP and CBC", "bench-venv", "cbc_peer.py")
EMHASS = ("EMHASS", "emhass-venv", "emhass_peer.py")


class Case:
    """Problems of one kind. `fresh` also solves each in a process of its own."""

    command = "plans"

    def __init__(self, name, problems, repeats=3, fresh=False, time_limit=120, peer=SCIPY):
        self.name, self.problems, self.repeats, self.fresh, self.peer = name, problems, repeats, fresh, peer
        self.time_limit = time_limit
        self.count = len(problems)

    def pairs(self, ours, peer):
        """The answers of both sides to each problem."""
        for problem in self.problems:
            problem["solver"]["time_limit_s"] = self.time_limit
            yield problem, *(min((side.solve(problem) for _ in range(self.repeats)),
                                 key=lambda answer: answer.get("cpu_ms", 0)) for side in (ours, peer))


class Replans(Case):
    """Days planned again a slot later: our planner keeps what the last plan left, the peer begins anew. Ours makes each plan
    three times from the same past.
    """

    command = "replans"
    STEPS = 4

    def __init__(self, name, seeds):
        super().__init__(name, [])
        self.seeds, self.count = seeds, len(seeds) * self.STEPS

    def pairs(self, ours, peer):
        for seed in self.seeds:
            day = days.RollingDay(seed, steps=self.STEPS)
            for step in range(self.STEPS + 1):
                problem = day.problem()
                answer = ours.solve(problem)
                if step > 0:
                    yield problem, answer, min((peer.solve(problem) for _ in range(self.repeats)),
                                               key=lambda answer: answer.get("cpu_ms", 0))
                if "first" not in answer:
                    break
                if step < self.STEPS:
                    day.step(answer["first"][0])


def cases(quick):
    count = 8 if quick else 32
    weeks = 3 if quick else 20
    return [
        Case("LP, 24 slots of 1 h", [days.fractional(days.day(s, 24, 60)) for s in range(count)]),
        Case("MILP, 96 slots of 15 min", [days.day(s) for s in range(count)], fresh=True),
        Replans("the same, one slot later", range(count)),
        Case("MILP, 672 slots, daily windows", [days.day(s, 672) for s in range(weeks)]),
    ]


def more_cases(quick):
    """Larger ones, which take the peer long."""
    count = 2 if quick else 20
    return [
        Case("4,000 rigs, 96 slots", [days.day(s, rigs=4000) for s in range(count)]),
        Case("50 scenarios, 96 slots", [days.day(s, scenarios=50) for s in range(count)], repeats=1),
        Case("20 banks, 96 slots", [days.many_banks(s) for s in range(count)], repeats=1, time_limit=10),
        Case("one binary per rig, 96 slots", [days.day(s) for s in range(count)], repeats=1, peer=CBC),
        Case("48 slots of 30 min", [days.day(s, 48, 30) for s in range(min(count, 8))], repeats=1, time_limit=45,
             peer=EMHASS),
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

    def memory_mb(self):
        """The most memory it has held."""
        kilobytes = field(f"/proc/{self.process.pid}/status", "VmHWM")
        return float(kilobytes.split()[0]) / 1024 if kilobytes else None

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def is_proved(answer):
    return answer["objective"] is not None and answer["bound"] is not None


def gap(answer):
    return abs(answer["objective"] - answer["bound"]) / max(1, abs(answer["objective"]))


def reaches(answer, target):
    """Whether the plan was proved to be within the gap."""
    if "is_proved" in answer:
        return answer["is_proved"]
    return is_proved(answer) and gap(answer) <= target * 1.001


def disagreement(ours, peer):
    """Why two answers to one problem cannot both be right; None when they can."""
    if peer["solver_ms"] is None:
        return None
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


def peer_solver(case, python):
    """The living peer of a case; None where it cannot be had."""
    _, environment, script = case.peer
    interpreter = python(environment)
    if interpreter is None:
        return None
    solver = Solver([interpreter, ROOT / "Benchmarks" / script])
    if case.peer is EMHASS:
        solver.version = json.loads(solver.process.stdout.readline())["version"]
    return solver


def measure(case, programs, python, say):
    peer = peer_solver(case, python)
    if peer is None:
        return {"case": case.name, "missing": case.peer[0]}
    ours = Solver([programs / "benchmarks", case.command])
    measured = []
    for problem, answer, other in case.pairs(ours, peer):
        wrong = disagreement(answer, other)
        if wrong:
            raise RuntimeError(f"{case.name}, problem {len(measured)}: {wrong}")
        if answer["status"] == "infeasible":
            continue
        one = {"ours": answer, "peer": other}
        if case.fresh:
            one["fresh_ms"], one["memory_mb"] = fresh_process(problem, programs / "rigshift")
        measured.append(one)
        say(f"{case.name}: {len(measured)} of {case.count}")
    made = result(case, measured)
    made["memory_mb"] = ours.memory_mb()
    ours.close()
    peer.close()
    return made


def result(case, measured):
    target = days.GAP

    def side(name):
        answers = [one[name] for one in measured]
        proved = [gap(answer) for answer in answers if is_proved(answer)]
        excess = [abs(answer["objective"] - answer["bound"]) for answer in answers if is_proved(answer)]
        return {"cpu_ms": figures.summary([answer["cpu_ms"] for answer in answers]),
                "absolute_gap": figures.summary(excess) if excess else None,
                "wall_ms": figures.summary([answer["wall_ms"] for answer in answers]),
                "gap": figures.summary(proved) if proved else None,
                "gap_missed": sum(1 for answer in answers if not reaches(answer, target))}

    ours, peer = side("ours"), side("peer")
    made = {"case": case.name, "peer_name": case.peer[0], "problems": len(measured), "ours": ours, "peer": peer,
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
        if "missing" in one:
            rows.append([one["case"], one["missing"] + " cannot be had here"] + [""] * 7)
            continue
        rows.append([
            one["case"], f"{one['problems']} against {one['peer_name']}", one["ours"]["cpu_ms"]["median"], one["ours"]["cpu_ms"]["p90"],
            one["peer"]["cpu_ms"]["median"], one["peer"]["cpu_ms"]["p90"], one["ratio_of_medians"],
            one["ratio_of_p90"], f"{one['ours']['gap_missed']} / {one['peer']['gap_missed']}"])
    text = figures.table(
        ["planning, ms", "problems", "ours", "p90", "peer", "p90", "ratio", "of p90", "gap missed"], rows)
    held = [f"{one['case']}: our process held at most {figures.number(one['memory_mb'])} MB; gap of both at the median "
            f"{show_gap(one['ours'])} and {show_gap(one['peer'])}" for one in results if "memory_mb" in one]
    return "\n".join([text] + held + [show_fresh(one) for one in results if "fresh_process_solve_ms" in one])


def show_gap(side):
    if side["gap"] is None:
        return "unknown"
    return f"{side['gap']['median']:.1e} (at most {side['gap']['maximum']:.1e}, {side['absolute_gap']['maximum']:.2g} in currency)"
