#!/usr/bin/env python3
"""PuLP with its own CBC as a peer of the planning benchmarks: one binary per rig and slot, as a day of relays is
usually written down. Runs in the benchmarks' virtual environment, one problem per line on standard input, one result
per line on standard output, like `peer.py`. One bank, one scenario. Processor time counts CBC's process too.
"""
import json
import resource
import sys
import time

import pulp


def processor_time():
    return sum(usage.ru_utime + usage.ru_stime for usage in map(
        resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


class Day:
    def __init__(self, problem):
        self.problem, self.slots, self.bank = problem, problem["slots"], problem["banks"][0]
        self.hours = [slot["minutes"] / 60 for slot in self.slots]
        self.begin = [sum(self.hours[:index]) * 60 for index in range(len(self.slots))]
        self.model = pulp.LpProblem("day", pulp.LpMinimize)
        self.cost = []
        self.on = [self.rig(rig) for rig in range(self.bank["rigs"])]
        for index, slot in enumerate(self.slots):
            self.power(index, slot)
        limit = problem["rig_hour_limits"]
        for window in limit:
            inside = [t for t, slot in enumerate(self.slots) if window["start"] <= slot["start"] < window["end"]]
            hours = pulp.lpSum(self.hours[t] * x[t] for x in self.on for t in inside)
            self.model += hours >= window["minimum"]
            self.model += hours <= window["maximum"]
        self.model += pulp.lpSum(self.cost)

    def rig(self, rig):
        """On, started and stopped per slot. The first rigs are those that run, the next those just stopped."""
        bank, count = self.bank, len(self.slots)
        running, stopped = bank.get("running_for_minutes", []), bank.get("stopped_for_minutes", [])
        on = [pulp.LpVariable(f"x{rig}_{t}", cat="Binary") for t in range(count)]
        start = [pulp.LpVariable(f"u{rig}_{t}", 0, 1) for t in range(count)]
        stop = [pulp.LpVariable(f"d{rig}_{t}", 0, 1) for t in range(count)]
        was_on = rig < len(running)
        for t in range(count):
            self.model += on[t] - (on[t - 1] if t else int(was_on)) == start[t] - stop[t]
            self.model += pulp.lpSum(
                start[k] for k in range(t + 1) if self.begin[k] > self.begin[t] - bank["minimum_on_minutes"]) <= on[t]
            self.model += pulp.lpSum(
                stop[k] for k in range(t + 1) if self.begin[k] > self.begin[t] - bank["minimum_off_minutes"]) <= 1 - on[t]
            if was_on and running[rig] + self.begin[t] < bank["minimum_on_minutes"]:
                self.model += on[t] == 1
            index = rig - len(running)
            if 0 <= index < len(stopped) and stopped[index] + self.begin[t] < bank["minimum_off_minutes"]:
                self.model += on[t] == 0
        self.cost.append(bank["start_cost"] * pulp.lpSum(start))
        return on

    def power(self, t, slot):
        weights, renewable, hours = self.problem["weights"], slot["renewable_kw"], self.hours[t]
        price = slot["import_price"] + weights["carbon_price_per_kg"] * slot["carbon_g_per_kwh"] / 1000
        load = self.bank["rig_kw"] * pulp.lpSum(x[t] for x in self.on)
        imported = pulp.LpVariable(f"g{t}", 0, slot["import_cap_kw"])
        absorbed = pulp.LpVariable(f"a{t}", 0, renewable)
        exported = pulp.LpVariable(f"e{t}", 0, renewable)
        self.model += imported + absorbed == load
        self.model += absorbed + exported <= renewable
        if price < slot["export_price"]:
            importing = pulp.LpVariable(f"z{t}", cat="Binary")
            self.model += imported <= slot["import_cap_kw"] * importing
            self.model += exported <= renewable * (1 - importing)
        self.cost.append(hours * (
            price * imported - slot["export_price"] * exported - weights["renewable_bonus_per_kwh"] * absorbed))


def main():
    for line in sys.stdin:
        problem = json.loads(line)
        settings = problem["solver"]
        wall, cpu = time.perf_counter(), processor_time()
        day = Day(problem)
        day.model.solve(pulp.PULP_CBC_CMD(
            msg=False, gapRel=settings["relative_gap"], timeLimit=settings["time_limit_s"], threads=1))
        found = day.model.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
        print(json.dumps({
            "status": pulp.LpStatus[day.model.status].lower(), "bound": None,
            "objective": pulp.value(day.model.objective) if found else None,
            "is_proved": day.model.sol_status == pulp.LpSolutionOptimal,
            "cpu_ms": 1000 * (processor_time() - cpu), "wall_ms": 1000 * (time.perf_counter() - wall),
            "solver_ms": None}), flush=True)


if __name__ == "__main__":
    main()
