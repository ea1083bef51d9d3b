"""Planning problems of the benchmarks, made from seeds: the same seed is the same day on every machine.

A day is a site like Yokohama's: 40 rigs of 3.25 kW behind 50 kW, photovoltaics and wind, prices with two peaks. What
makes days hard or easy is laid out over the seeds in all combinations: smooth or rough renewables, prices that stay
positive or go below zero, starts for free or for 20 each, rig-hours loose or binding, all rigs off or a part of them in
the middle of their dwell times.
"""
import datetime
import math
import random

FORMAT = "rigshift-plan-problem/1"
# Both sides prove their plans to within this share.
GAP = 1e-3
ZONE = datetime.timezone(datetime.timedelta(hours=9))
FIRST = datetime.datetime(2025, 3, 10, tzinfo=ZONE)
# Two peaks, as in the day-ahead market of a country with much sun.
PRICES = [8.2, 7.8, 7.4, 7.1, 7.3, 8.5, 11.2, 14.7, 16.3, 15.8, 14.1, 13.2,
          12.9, 13.1, 13.8, 14.5, 16.0, 18.7, 19.4, 17.3, 15.1, 13.2, 11.0, 9.3]
CARBON = [495, 498, 502, 505, 503, 497, 488, 475, 462, 450, 445, 442,
          440, 443, 448, 455, 462, 470, 478, 482, 487, 490, 493, 496]


class Traits:
    """What distinguishes the days of a series."""

    def __init__(self, seed):
        self.rough = bool(seed & 1)
        self.negative = bool(seed >> 1 & 1)
        self.start_cost = 20 if seed >> 2 & 1 else 0
        self.binding = bool(seed >> 3 & 1)
        # Independent of the bits before once 32 days are made, and mixed already over 16.
        self.running = bool((seed >> 4 & 1) ^ (bin(seed & 15).count("1") & 1))


class Weather:
    """PV and wind of one future: slow drift that all share, and what is its own."""

    def __init__(self, rng, rough, season, breeze):
        self.rng, self.rough, self.season, self.breeze = rng, rough, season, breeze
        self.sky = rng.uniform(0.3, 1)
        self.wind = breeze

    def step(self, instant, minutes, spread=1.0):
        """Power of one slot in kW."""
        r = self.rng
        hour = instant.hour + instant.minute / 60 + minutes / 120
        share = math.sqrt(minutes / 15) * spread
        self.wind = min(120.0, max(0.0, self.wind + r.gauss(0, 3 * share) + 0.02 * (self.breeze - self.wind)))
        if self.rough:
            self.sky = r.choice([self.sky, r.uniform(0.15, 1), 1.0])
        else:
            self.sky = min(1.0, max(0.2, self.sky + r.gauss(0, 0.02 * share)))
        sun = max(0.0, math.sin((hour - 6) / 12 * math.pi))
        gust = r.gauss(0, 6) if self.rough else 0
        return round(max(0.0, self.season * sun * self.sky + self.wind + gust), 3)


def day(seed, slots=96, minutes=15, rigs=40, scenarios=1):
    """One problem from midnight on; several days when the slots reach further, each with its own rig-hours."""
    rng = random.Random(f"day {seed} {slots} {minutes}")
    traits = Traits(seed)
    scale = rigs / 40
    climate = traits.rough, rng.uniform(20, 100), rng.uniform(0, 40)
    weather = Weather(rng, *climate)
    futures = [Weather(random.Random(f"future {seed} {i}"), *climate) for i in range(scenarios)]
    made = []
    level = rng.uniform(0.7, 1.3)
    feed_in = rng.choice([0, 4])
    drift = 0.0
    for index in range(slots):
        start = FIRST + datetime.timedelta(minutes=index * minutes)
        drift = 0.9 * drift + rng.gauss(0, 0.5)
        price = PRICES[start.hour] * level + drift
        if traits.negative and 10 <= start.hour < 15:
            price -= rng.uniform(10, 24)
        renewable = weather.step(start, minutes)
        if scenarios > 1:
            share = min(1.0, index * minutes / 360)
            renewable = [round(max(0.0, (1 - share) * renewable + share * f.step(start, minutes)), 3) for f in futures]
            renewable = [round(value * scale, 3) for value in renewable]
        else:
            renewable = round(renewable * scale, 3)
        made.append({
            "start": start.isoformat(), "minutes": minutes, "import_price": round(price, 3),
            "export_price": feed_in, "carbon_g_per_kwh": CARBON[start.hour], "renewable_kw": renewable,
            "import_cap_kw": 50 * scale})
    bank = {"name": "rigs", "rigs": rigs, "rig_kw": 3.25, "minimum_on_minutes": 60, "minimum_off_minutes": 30,
            "start_cost": traits.start_cost}
    if traits.running:
        on = int(rigs * rng.uniform(0.05, 0.35))
        off = int(rigs * rng.uniform(0.05, 0.3))
        bank["running_for_minutes"] = [rng.randint(0, 90) for _ in range(on)]
        bank["stopped_for_minutes"] = [rng.randint(0, 29) for _ in range(off)]
    problem = {
        "format": FORMAT, "currency": "JPY", "slots": made, "banks": [bank],
        "rig_hour_limits": windows(rng, made, rigs, traits.binding),
        "limits": {"curtailable": True, "soft": False},
        "weights": {"carbon_price_per_kg": 5, "renewable_bonus_per_kwh": 8},
        "solver": {"relative_gap": GAP, "time_limit_s": 120}}
    if scenarios > 1:
        problem["scenario_weights"] = [1 / scenarios] * (scenarios - 1)
        problem["scenario_weights"].append(1 - sum(problem["scenario_weights"]))
    return problem


class RollingDay:
    """A day that is planned anew at every slot: one slot on, renewables disturbed, rigs where the plan left them."""

    DISTURBANCE = 0.05

    def __init__(self, seed, slots=96, steps=8):
        self.rng = random.Random(f"rolling {seed}")
        self.slots = slots
        self.whole = day(seed, slots + steps)
        self.limit = self.whole["rig_hour_limits"][0]
        self.bank = self.whole["banks"][0]
        self.on = sorted(self.bank.get("running_for_minutes", []))
        self.off = sorted(self.bank.get("stopped_for_minutes", []))
        self.delivered = 0.0
        self.first = 0

    def problem(self):
        """The problem as it stands."""
        horizon = [dict(slot) for slot in self.whole["slots"][self.first:self.first + self.slots]]
        for slot in horizon:
            slot["renewable_kw"] = round(max(0, slot["renewable_kw"] * (1 + self.rng.gauss(0, self.DISTURBANCE))), 3)
        limit = {**self.limit, "start": horizon[0]["start"],
                 "minimum": round(max(0, self.limit["minimum"] - self.delivered), 4),
                 "maximum": round(self.limit["maximum"] - self.delivered, 4)}
        bank = {**self.bank, "running_for_minutes": self.on, "stopped_for_minutes": self.off}
        return {**self.whole, "slots": horizon, "rig_hour_limits": [limit], "banks": [bank]}

    def step(self, running):
        """One slot on with `running` rigs: stops take those on the longest."""
        minutes = self.whole["slots"][self.first]["minutes"]
        self.on.sort()
        while len(self.on) > running:
            self.on.pop()
            self.off.append(0)
        while len(self.on) < running:
            if len(self.off) + len(self.on) >= self.bank["rigs"]:
                self.off.sort()
                self.off.pop()
            self.on.append(0)
        self.on = [age + minutes for age in self.on]
        # Rigs off for longer than their minimum off time are free.
        self.off = [age + minutes for age in self.off if age + minutes < self.bank["minimum_off_minutes"]]
        self.delivered += running * minutes / 60
        self.first += 1


def windows(rng, slots, rigs, binding):
    """Rig-hours of each day: a minimum that the cheap hours give anyway, or one that takes dear hours too."""
    possible = {}
    for slot in slots:
        start = datetime.datetime.fromisoformat(slot["start"])
        renewable = slot["renewable_kw"]
        least = min(renewable) if isinstance(renewable, list) else renewable
        fitting = min(rigs, (slot["import_cap_kw"] + least) // 3.25)
        possible[start.date()] = possible.get(start.date(), 0) + fitting * slot["minutes"] / 60
    end = datetime.datetime.fromisoformat(slots[-1]["start"]) + datetime.timedelta(minutes=slots[-1]["minutes"])
    limits = []
    for date, hours in possible.items():
        start = datetime.datetime.combine(date, datetime.time(), ZONE)
        share = rng.uniform(0.5, 0.85) if binding else rng.uniform(0.1, 0.3)
        limits.append({
            "start": start.isoformat(), "end": min(end, start + datetime.timedelta(days=1)).isoformat(),
            "minimum": round(hours * share, 1), "maximum": 18 * rigs})
    return limits


def many_banks(seed, banks=20):
    """A day with banks of different rigs: power, dwell times and start costs of their own."""
    problem = day(seed)
    rng = random.Random(f"banks {seed}")
    problem["banks"] = [
        {"name": f"bank{index}", "rigs": rng.randint(1, 5), "rig_kw": round(rng.uniform(1, 4), 2),
         "minimum_on_minutes": rng.choice([30, 60, 120]), "minimum_off_minutes": rng.choice([15, 30, 60]),
         "start_cost": rng.choice([0, 5, 20])}
        for index in range(banks)]
    limit = problem["rig_hour_limits"][0]
    # About the 40 rigs' worth of power, in smaller and larger pieces.
    limit["minimum"] = round(limit["minimum"] * 0.8, 1)
    limit["maximum"] = 18 * sum(bank["rigs"] for bank in problem["banks"])
    return problem


def fractional(problem):
    """The same problem with fractions of rigs: a linear program."""
    return {**problem, "solver": {**problem["solver"], "integral": False}}
