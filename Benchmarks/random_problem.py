#!/usr/bin/env python3
"""Makes planning problems from seeds: mixed slot lengths, negative prices, rigs in mid-dwell, several banks and
scenarios, jobs, limits that bind and limits that cannot be met. Every fifth is a whole local day of 23, 24 or 25 hours.

    random_problem.py SEED     prints the problem of a seed
"""
import datetime
import json
import random
import sys


def problem(seed):
    r = random.Random(seed)
    start = datetime.datetime(2025, 3, 28, 22, r.choice([0, 0, 13]), tzinfo=datetime.timezone.utc)
    kind = r.choice(["60", "30", "15", "mixed"])
    count = r.randint(4, 26)
    # Local days in Berlin: clocks go forward, stay as they are, go back.
    day = r.choice([None, None, None, None, r.choice([(2025, 3, 30, 23), (2025, 5, 4, 24), (2025, 10, 26, 25)])])
    if day:
        start = datetime.datetime(*day[:3], tzinfo=datetime.timezone.utc) - datetime.timedelta(
            hours=1 if day[1] == 3 else 2)
        kind = r.choice(["60", "60", "30"])
        count = day[3] * 60 // int(kind)
    scenarios = r.choice([1, 1, 1, 2, 4])
    weights = [r.uniform(0.2, 1) for _ in range(scenarios)]
    weights = [w / sum(weights) for w in weights]
    weights[-1] = 1 - sum(weights[:-1])
    cap = r.choice([None, r.uniform(5, 60), r.uniform(20, 60)])
    export_cap = r.choice([None, None, None, r.uniform(20, 80)])
    exports = r.choice([0, 0, r.uniform(1, 25), -2])
    negative = r.random() < 0.3
    other = r.choice([0, 0, r.uniform(0, 20)])
    level = r.uniform(0, 60)
    slots, times = [], [start]
    for _ in range(count):
        minutes = int(kind) if kind != "mixed" else r.choice([5, 10, 15, 30, 60])
        renewable = [round(max(0, r.gauss(level, 30)), 3) for _ in range(scenarios)]
        slots.append({
            "start": times[-1].isoformat(), "minutes": minutes,
            "import_price": round(r.gauss(12, 6) - (14 if negative and r.random() < 0.4 else 0), 3),
            "export_price": round(exports * r.uniform(0.5, 1.2), 3), "carbon_g_per_kwh": round(r.uniform(300, 550), 1),
            "renewable_kw": renewable if scenarios > 1 else renewable[0], "ambient_c": round(r.uniform(5, 38), 1),
            "other_load_kw": round(other * r.uniform(0.3, 1.5), 3), "import_cap_kw": cap, "export_cap_kw": export_cap})
        times.append(times[-1] + datetime.timedelta(minutes=minutes))
    hours = (times[-1] - times[0]).total_seconds() / 3600
    banks = []
    for b in range(r.choice([1, 1, 1, 2, 3])):
        rigs = r.randint(1, 14)
        on = r.randint(0, rigs) if r.random() < 0.6 else 0
        off = r.randint(0, rigs - on) if r.random() < 0.4 else 0
        least_on, least_off = r.choice([0, 20, 60, 95]), r.choice([0, 15, 30, 70])
        banks.append({
            "name": f"bank{b}", "rigs": rigs, "rig_kw": round(r.uniform(1, 4), 2),
            "heat_coefficient_per_k": r.choice([0, 0.005]), "minimum_on_minutes": least_on,
            "minimum_off_minutes": least_off, "start_cost": r.choice([0, 5, 20]),
            "revenue_per_rig_hour": r.choice([0, 0, r.uniform(5, 40)]),
            "minimum_running": r.choice([0, 0, 0, r.randint(0, rigs)]),
            "running_for_minutes": [r.randint(0, 120) for _ in range(on)],
            "stopped_for_minutes": [r.randint(0, 60) for _ in range(off)]})
    rigs = sum(b["rigs"] for b in banks)
    made = {"format": "rigshift-plan-problem/1", "currency": "EUR", "slots": slots, "scenario_weights": weights,
            "banks": banks}

    def window():
        a, b = sorted(r.sample(range(count + 1), 2))
        return {"start": times[a].isoformat(), "end": times[b].isoformat()}, \
            (times[b] - times[a]).total_seconds() / 3600

    made["rig_hour_limits"] = []
    for _ in range(r.choice([0, 1, 1, 2])):
        place, length = window() if r.random() < 0.5 else (
            {"start": times[0].isoformat(), "end": times[-1].isoformat()}, hours)
        low = round(r.uniform(0, 0.5) * rigs * length, 2)
        made["rig_hour_limits"].append({
            **place, "minimum": r.choice([None, low, low]),
            "maximum": r.choice([None, round(low + r.uniform(0.1, 0.6) * rigs * length, 2)])})
    made["start_limits"] = []
    if r.random() < 0.25:
        place, _ = window()
        made["start_limits"].append({"bank": "bank0", **place, "maximum": r.randint(0, 20)})
    made["jobs"] = []
    for j in range(r.choice([0, 0, 0, 1, 2])):
        bank = r.choice(banks)
        a, b = sorted(r.sample(range(count + 1), 2))
        length = (times[b] - times[a]).total_seconds() / 3600
        most = r.randint(1, bank["rigs"])
        made["jobs"].append({
            "name": f"job{j}", "bank": bank["name"], "rig_hours": round(most * length * r.uniform(0.1, 0.8), 2),
            "maximum_rigs": most, "release": times[a].isoformat(), "deadline": times[b].isoformat(),
            "interruptible": r.random() < 0.6, "critical": False})
    made["limits"] = {
        "average_carbon_cap_g_per_kwh": r.choice([None, None, None, None, r.uniform(100, 400)]),
        "import_carbon_ceiling_g_per_kwh": r.choice([None, None, None, None, r.uniform(350, 520)]),
        "maximum_rig_change_per_slot": r.choice([None, None, None, r.randint(1, 6)]),
        "curtailable": r.random() < 0.5, "soft": r.random() < 0.6}
    made["weights"] = {
        "carbon_price_per_kg": r.choice([0, 5, 20]), "renewable_bonus_per_kwh": r.choice([0, 0, 8]),
        "cvar_alpha": r.choice([0.5, 0.8]), "cvar_weight": r.choice([0, 0, 0.5]) if scenarios > 1 else 0}
    made["solver"] = {"integral": r.random() < 0.85, "relative_gap": 1e-6, "time_limit_s": 60}
    return made


if __name__ == "__main__":
    print(json.dumps(problem(int(sys.argv[1])), indent=1))
