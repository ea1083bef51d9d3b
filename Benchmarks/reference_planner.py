#!/usr/bin/env python3
"""Solves a planning problem file with SciPy: the textbook model aggregated per bank, written from the definition of
the problem alone. Referee and measuring stick for the planner; nothing here is shared with it.

    reference_planner.py FILE [--gap G] [--time-limit S]

Prints one JSON object: status (optimal, incumbent, infeasible), objective, slack by limit, seconds.
"""
import argparse
import datetime
import json
import sys
import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

SOFT = ["minimum_on", "job_deadline", "minimum_rig_hours", "average_carbon_cap", "import_carbon_ceiling"]


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() / 60


class Model:
    def __init__(self):
        self.cost, self.low, self.high, self.whole = [], [], [], []
        self.rows, self.cols, self.vals, self.row_low, self.row_high = [], [], [], [], []

    def var(self, low=0.0, high=np.inf, cost=0.0, whole=False):
        self.cost.append(cost)
        self.low.append(low)
        self.high.append(high)
        self.whole.append(1 if whole else 0)
        return len(self.cost) - 1

    def row(self, terms, low=-np.inf, high=np.inf):
        number = len(self.row_low)
        for column, value in terms:
            self.rows.append(number)
            self.cols.append(column)
            self.vals.append(value)
        self.row_low.append(low)
        self.row_high.append(high)

    def solve(self, cost, gap, limit, presolve=True):
        matrix = coo_matrix((self.vals, (self.rows, self.cols)), shape=(len(self.row_low), len(self.cost)))
        result = milp(
            np.array(cost), integrality=np.array(self.whole), bounds=Bounds(self.low, self.high),
            constraints=LinearConstraint(matrix.tocsr(), self.row_low, self.row_high),
            options={"mip_rel_gap": gap, "time_limit": limit, "presolve": presolve})
        return result


class Planner:
    # What the solver may miss a row by.
    TOLERANCE = 5e-7

    def __init__(self, problem, soft, presolve=True):
        self.p, self.soft, self.presolve = problem, soft, presolve
        self.m = Model()
        self.slack = {name: [] for name in SOFT}
        self.extra = []  # stages of its own kind: (before, terms)
        slots = problem["slots"]
        self.T = len(slots)
        self.begin = [instant(s["start"]) for s in slots]
        self.dt = [s["minutes"] / 60 for s in slots]
        self.weights = problem.get("scenario_weights", [1])
        self.S = len(self.weights)
        self.limits = {"curtailable": False, "soft": True, **problem.get("limits", {})}
        self.w = {"carbon_price_per_kg": 0, "renewable_bonus_per_kwh": 0, "cvar_alpha": 0.9, "cvar_weight": 0,
                  **problem.get("weights", {})}
        self.integral = problem.get("solver", {}).get("integral", True)
        self.banks = problem.get("banks", [])
        self.renewable = []
        for s in slots:
            r = s.get("renewable_kw", 0)
            self.renewable.append(list(r) if isinstance(r, list) and len(r) == self.S else
                                  [(r[0] if isinstance(r, list) else r)] * self.S)
        self.build()

    def range_of(self, start, end):
        return [t for t in range(self.T)
                if self.begin[t] >= start - 1e-6 and self.begin[t] + self.dt[t] * 60 <= end + 1e-6]

    def build(self):
        m, p = self.m, self.p
        slots = p["slots"]
        tail = 1 + self.w["cvar_weight"]
        self.n, self.u, self.d, self.draw = [], [], [], []
        for bank in self.banks:
            N = bank["rigs"]
            k = bank.get("heat_coefficient_per_k", 0)
            self.draw.append([bank["rig_kw"] * (1 + k * max(0, s.get("ambient_c", 25) - 25)) for s in slots])
            n = [m.var(bank.get("minimum_running", 0), N, -bank.get("revenue_per_rig_hour", 0) * self.dt[t] * tail,
                       self.integral) for t in range(self.T)]
            u = [m.var(0, N, bank.get("start_cost", 0) * tail, self.integral) for _ in range(self.T)]
            d = [m.var(0, N, 0, self.integral) for _ in range(self.T)]
            self.n.append(n)
            self.u.append(u)
            self.d.append(d)
            on0 = bank.get("running_for_minutes", [])
            off0 = bank.get("stopped_for_minutes", [])
            ut, dtm = bank.get("minimum_on_minutes", 0), bank.get("minimum_off_minutes", 0)
            ramp = self.limits.get("maximum_rig_change_per_slot")
            for t in range(self.T):
                if t:
                    m.row([(n[t], 1), (n[t - 1], -1), (u[t], -1), (d[t], 1)], 0, 0)
                else:
                    m.row([(n[t], 1), (u[t], -1), (d[t], 1)], len(on0), len(on0))
                if ramp is not None:
                    m.row([(u[t], 1), (d[t], -1)], -ramp, ramp)
                since = self.begin[t] - self.begin[0]
                held = sum(1 for e in on0 if e + since < ut - 1e-9)
                terms = [(n[t], 1)] + [(u[j], -1) for j in range(t + 1) if self.begin[j] > self.begin[t] - ut + 1e-9]
                if self.soft and held:
                    s = m.var(0, held)
                    self.slack["minimum_on"].append((s, self.dt[t]))
                    terms.append((s, 1))
                m.row(terms, held)
                held = sum(1 for e in off0 if e + since < dtm - 1e-9)
                m.row([(n[t], -1)] + [(d[j], -1) for j in range(t + 1)
                                      if self.begin[j] > self.begin[t] - dtm + 1e-9], held - N)
        self.cost_terms = [[] for _ in range(self.S)]
        self.g = []
        for t, s in enumerate(slots):
            self.slot(t, s)
        for w in p.get("rig_hour_limits", []):
            ts = self.range_of(instant(w["start"]), instant(w["end"]))
            terms = [(self.n[b][t], self.dt[t]) for b in range(len(self.banks)) for t in ts]
            if w.get("maximum") is not None:
                m.row(terms, high=w["maximum"])
            if w.get("minimum") is not None:
                extra = []
                if self.soft:
                    v = m.var()
                    self.slack["minimum_rig_hours"].append((v, 1))
                    extra = [(v, 1)]
                m.row(terms + extra, w["minimum"])
        names = [b["name"] for b in self.banks]
        for w in p.get("start_limits", []):
            b = names.index(w["bank"])
            m.row([(self.u[b][t], 1) for t in self.range_of(instant(w["start"]), instant(w["end"]))],
                  high=w["maximum"])
        cap = self.limits.get("average_carbon_cap_g_per_kwh")
        if cap is not None:
            terms = []
            for t, s in enumerate(slots):
                for i in range(self.S):
                    terms.append((self.g[t][i], self.weights[i] * self.dt[t] * s.get("carbon_g_per_kwh", 0) / 1000))
                for b in range(len(self.banks)):
                    terms.append((self.n[b][t], -cap / 1000 * self.dt[t] * self.draw[b][t]))
            if self.soft:
                v = m.var()
                self.slack["average_carbon_cap"].append((v, 1))
                terms.append((v, -1))
            m.row(terms, high=0)
        self.jobs(names)
        if self.w["cvar_weight"] > 0:
            eta = m.var(-np.inf, np.inf, self.w["cvar_weight"])
            for i in range(self.S):
                z = m.var(cost=self.w["cvar_weight"] * self.weights[i] / (1 - self.w["cvar_alpha"]))
                m.row([(z, 1), (eta, 1)] + [(c, -v) for c, v in self.cost_terms[i]], 0)

    def slot(self, t, s):
        m, dt = self.m, self.dt[t]
        rigs = [(self.n[b][t], self.draw[b][t]) for b in range(len(self.banks))]
        other = s.get("other_load_kw", 0)
        carbon = s.get("carbon_g_per_kwh", 0)
        price = s["import_price"] + carbon * self.w["carbon_price_per_kg"] / 1000
        export = s.get("export_price", 0)
        bonus = self.w["renewable_bonus_per_kwh"]
        ceiling = self.limits.get("import_carbon_ceiling_g_per_kwh")
        above = ceiling is not None and carbon > ceiling
        v = None
        if above and self.soft:
            v = m.var()
            self.slack["import_carbon_ceiling"].append((v, dt))
        most = other + sum(b["rigs"] * self.draw[k][t] for k, b in enumerate(self.banks))
        row = []
        for i in range(self.S):
            R, w = self.renewable[t][i], self.weights[i]
            cap = s.get("import_cap_kw")
            top = np.inf if cap is None else max(cap, other - R)
            g = m.var(0, top, w * dt * price)
            a = m.var(0, R)
            ecap = s.get("export_cap_kw")
            e = m.var(0, np.inf if ecap is None else ecap, -w * dt * export)
            c = m.var(0, np.inf if self.limits["curtailable"] else 0)
            r = m.var(0, np.inf if bonus > 0 else 0, -w * dt * bonus)
            m.row(rigs + [(g, -1), (a, -1)], -other, -other)
            m.row([(a, 1), (e, 1), (c, 1)], R, R)
            m.row([(r, 1), (a, -1)], high=0)
            m.row([(r, 1)] + [(x, -y) for x, y in rigs], high=0)
            if price < export:
                z = m.var(0, 1, 0, True)
                m.row([(g, 1), (z, -most)], high=0)
                m.row([(e, 1), (z, R)], high=R)
            if above:
                m.row([(g, 1)] + ([(v, -1)] if v is not None else []), high=other)
            self.cost_terms[i] += [(g, dt * price), (e, -dt * export), (r, -dt * bonus)]
            row.append(g)
        self.g.append(row)

    def jobs(self, names):
        m = self.m
        use = {}
        end = self.begin[-1] + self.dt[-1] * 60
        busy = {}
        for j in self.p.get("jobs", []):
            b = names.index(j["bank"])
            N = self.banks[b]["rigs"]
            M = min(j.get("maximum_rigs") or N, N)
            release = instant(j["release"]) if j.get("release") else self.begin[0]
            deadline = instant(j["deadline"]) if j.get("deadline") else end
            inside = self.range_of(release, deadline)
            allowed = self.range_of(release, end) if self.soft else inside
            W = j["rig_hours"]
            if j.get("interruptible", True):
                y = {t: m.var(0, M) for t in allowed}
                for t in allowed:
                    use.setdefault((b, t), []).append((y[t], 1))
                if j.get("critical", False) and not self.soft:
                    left = W
                    for t in allowed:
                        x = min(M, left / self.dt[t], N - busy.get((b, t), 0))
                        busy[(b, t)] = busy.get((b, t), 0) + np.ceil(x)
                        m.low[y[t]] = m.high[y[t]] = x
                        left -= x * self.dt[t]
                terms = [(y[t], self.dt[t]) for t in inside]
                if self.soft:
                    late, undone = m.var(), m.var()
                    self.slack["job_deadline"].append((late, 1))
                    self.extra.append((undone, 1))
                    m.row(terms + [(late, 1)], W, W)
                    m.row([(y[t], self.dt[t]) for t in allowed] + [(undone, 1)], W, W)
                else:
                    m.row(terms, W, W)
            else:
                choices = []
                for k in allowed:
                    left, inside_hours, touched = W, 0.0, []
                    for t in range(k, self.T):
                        if left <= 1e-9:
                            break
                        done = min(left, M * self.dt[t])
                        touched.append(t)
                        inside_hours += done if t in inside else 0
                        left -= done
                    missing = W - inside_hours
                    if missing > 1e-9 and not self.soft:
                        continue
                    z = m.var(0, 1, 0, True)
                    choices.append((z, 1))
                    for t in touched:
                        use.setdefault((b, t), []).append((z, M))
                    if missing > 1e-9:
                        self.slack["job_deadline"].append((z, missing))
                    if left > 1e-9:
                        self.extra.append((z, left))
                if self.soft:
                    z = m.var(0, 1, 0, True)
                    choices.append((z, 1))
                    self.slack["job_deadline"].append((z, W))
                    self.extra.append((z, W))
                m.row(choices, 1, 1)
        for (b, t), terms in use.items():
            m.row(terms + [(self.n[b][t], -1)], high=0)

    def hold(self, terms, gap, limit):
        cost = np.zeros(len(self.m.cost))
        for c, v in terms:
            cost[c] = v
        r = self.m.solve(cost, gap, limit, self.presolve)
        if r.x is None:
            return None
        best = float(cost @ r.x)
        if best <= self.TOLERANCE:
            # A row that allows less than the solver's own tolerance makes it lose its way; bounds on columns do not.
            for c, _ in terms:
                self.m.high[c] = 0 if self.m.whole[c] else self.TOLERANCE
            return 0.0
        self.m.row(terms, high=best + 2 * self.TOLERANCE * max(1, best))
        return best


def plan(problem, gap=1e-6, limit=60.0, presolve=True):
    began = time.perf_counter()
    answer = {}
    planner = Planner(problem, False, presolve)
    result = planner.m.solve(planner.m.cost, gap, limit, presolve)
    if result.x is None and result.status == 2 and planner.limits["soft"]:
        planner = Planner(problem, True, presolve)
        answer["slack"] = {}
        for name in SOFT:
            if planner.slack[name]:
                best = planner.hold(planner.slack[name], 1e-9, limit)
                if best is None:
                    return {"status": "infeasible", "seconds": time.perf_counter() - began}
                answer["slack"][name] = best
            if name == "job_deadline" and planner.extra:
                planner.hold(planner.extra, 1e-9, limit)
        result = planner.m.solve(planner.m.cost, gap, limit, presolve)
    answer["seconds"] = time.perf_counter() - began
    if result.x is None:
        answer["status"] = "infeasible" if result.status == 2 else "unknown"
        return answer
    answer["status"] = "optimal" if result.status == 0 else "incumbent"
    answer["objective"] = float(result.fun)
    bound = getattr(result, "mip_dual_bound", None)
    answer["bound"] = float(result.fun if bound is None else bound)
    return answer


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--gap", type=float)
    parser.add_argument("--time-limit", type=float, default=60)
    arguments = parser.parse_args()
    with (sys.stdin if arguments.file == "-" else open(arguments.file)) as stream:
        loaded = json.load(stream)
    gap = arguments.gap if arguments.gap is not None else loaded.get("solver", {}).get("relative_gap", 1e-3)
    print(json.dumps(plan(loaded, gap, arguments.time_limit)))
