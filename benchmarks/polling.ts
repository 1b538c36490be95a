/**
 * What it costs to see that a generation has ended: polls, and the delay until it is seen, for the learned schedule, for
 * the best that is possible, and for what others do. Simulated, with fixed seeds: the same figures on every machine.
 *
 * `node benchmarks/polling.ts [first seed]`. Prints Markdown, and exits with 1 where a target is missed. Takes a minute.
 */
import {
  createPollSchedule,
  type GenerationTime,
  type PollSchedule,
  priorGenerationTime,
} from "../packages/core/src/index.ts";
import { POLL_WORTH_MS } from "../packages/core/src/poll-schedule.ts";
import {
  bimodal,
  type Durations,
  heavyTail,
  kellerSchedule,
  learn,
  logNormal,
  type Outcome,
  optimum,
  outcomeOf,
  seededRandom,
  typicalDurations,
} from "../packages/core/test/poll-simulation.ts";

const RUNS = 20;
const LEARNED = 200;
/** Videos before and after a shift. */
const BEFORE = 300;
const AFTER = 150;

const WITHIN_OPTIMUM = 1.05;
const SHARE_OF_DELAY = 0.45;
/** Recovered is what costs at most this much more than the optimum, and does so from then on. */
const RECOVERED = 1.1;
const RECOVERED_WITHIN = 100;

const firstSeed = Number(process.argv[2] ?? 1);
const seeds = Array.from({ length: RUNS }, (_, run) => firstSeed + run);

const distributions = {
  "Log-normal, σ 0.15": logNormal(60_000, 0.15),
  "Log-normal, σ 0.25": logNormal(60_000, 0.25),
  "Log-normal, σ 0.4": logNormal(60_000, 0.4),
  "70 % around 45 s, 30 % around 110 s": bimodal(),
  "Heavy tail": heavyTail(),
};

const others: Record<string, PollSchedule> = {
  "every 15 s, as the vendor's sample": { nextPollMs: () => 15_000 },
  "every 6 s ± 1.5 s": { nextPollMs: (_, random) => 4_500 + 3_000 * random },
  "every 5 s": { nextPollMs: () => 5_000 },
  "every 2 s": { nextPollMs: () => 2_000 },
  "every 0.5 s": { nextPollMs: () => 500 },
  "1 s, doubling up to 30 s": { nextPollMs: (elapsedMs) => Math.min(30_000, elapsedMs + 1_000) },
};

const missed: string[] = [];

function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

function hold(what: string, holds: boolean): void {
  print(`- ${what}: ${holds ? "reached" : "**missed**"}`);
  if (!holds) missed.push(what);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const percent = (ratio: number) => `${((ratio - 1) * 100).toFixed(1)} %`;
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

/** What each run has learned from 200 videos. */
function learnedTimes(durations: Durations): GenerationTime[] {
  const times: GenerationTime[] = [];
  for (const seed of seeds) {
    learn({
      pollWorthMs: POLL_WORTH_MS,
      random: seededRandom(seed),
      durationsOf: () => durations,
      videos: LEARNED,
      onLearned: (video, time) => {
        if (video === LEARNED) times.push(time);
      },
    });
  }
  return times;
}

function meanOutcome(outcomes: readonly Outcome[]): Outcome {
  return {
    polls: mean(outcomes.map(({ polls }) => polls)),
    delayMs: mean(outcomes.map(({ delayMs }) => delayMs)),
    p95DelayMs: mean(outcomes.map(({ p95DelayMs }) => p95DelayMs)),
    costMs: mean(outcomes.map(({ costMs }) => costMs)),
  };
}

function compare(name: string, durations: Durations): void {
  const typical = typicalDurations(durations, 4_000);
  const best = optimum(durations, POLL_WORTH_MS);
  const outcome = (schedule: PollSchedule) => outcomeOf(schedule, typical, POLL_WORTH_MS, seededRandom(-firstSeed));
  const times = learnedTimes(durations);
  const learned = times.map((time) => outcome(createPollSchedule(time, { earlyLookMs: null })));
  const ours = meanOutcome(learned);
  const prior = createPollSchedule(priorGenerationTime(), { earlyLookMs: null });
  const rows: Record<string, Outcome> = {
    "**the optimum**, which knows the distribution": outcome(best),
    "**ours**, learned from 200 videos": ours,
    "ours, with its early look": meanOutcome(times.map((time) => outcome(createPollSchedule(time)))),
    "ours, before it has seen any": outcome(prior),
    "Keller's density, which knows the distribution": outcome(kellerSchedule(durations, POLL_WORTH_MS)),
    ...Object.fromEntries(Object.entries(others).map(([name, schedule]) => [name, outcome(schedule)])),
  };

  print(`### ${name}`);
  print();
  print("| schedule | polls a video | mean delay | p95 delay | cost | over the optimum |");
  print("| --- | --- | --- | --- | --- | --- |");
  for (const [row, { polls, delayMs, p95DelayMs, costMs }] of Object.entries(rows)) {
    const cells = [polls.toFixed(1), seconds(delayMs), seconds(p95DelayMs), seconds(costMs)];
    const over = row.includes("the optimum") ? "" : percent(costMs / best.costMs);
    print(`| ${row} | ${cells.join(" | ")} | ${over} |`);
  }
  print();
  const worst = Math.max(...learned.map(({ costMs }) => costMs)) / best.costMs;
  hold(
    `within 5 % of the optimum: ${percent(ours.costMs / best.costMs)}, ${percent(worst)} in the worst of ${RUNS} runs`,
    ours.costMs <= WITHIN_OPTIMUM * best.costMs,
  );
  if (name === "Log-normal, σ 0.25") {
    const loop = outcome({ nextPollMs: () => 15_000 });
    const share = ours.delayMs / loop.delayMs;
    hold(
      `at no more polls than every 15 s (${ours.polls.toFixed(2)} and ${loop.polls.toFixed(2)}), at most 0.45 of its delay: ${share.toFixed(2)}`,
      ours.polls <= loop.polls && share <= SHARE_OF_DELAY,
    );
  }
  print();
}

/** The cost over the new optimum, from the shift on, each time something was learned: the mean of all runs. */
function afterShift(from: Durations, to: Durations): number[] {
  const typical = typicalDurations(to, 1_000);
  const { costMs } = optimum(to, POLL_WORTH_MS);
  const runs = seeds.map((seed) => {
    const ratios: number[] = [];
    learn({
      pollWorthMs: POLL_WORTH_MS,
      random: seededRandom(seed),
      durationsOf: (video) => (video < BEFORE ? from : to),
      videos: BEFORE + AFTER,
      onLearned: (video, time) => {
        if (video < BEFORE) return;
        const schedule = createPollSchedule(time, { earlyLookMs: null });
        ratios.push(outcomeOf(schedule, typical, POLL_WORTH_MS, seededRandom(-seed)).costMs / costMs);
      },
    });
    return ratios;
  });
  return Array.from({ length: AFTER / 10 + 1 }, (_, index) => mean(runs.map((ratios) => ratios[index] ?? 0)));
}

print(`One poll is worth ${POLL_WORTH_MS / 1_000} s of delay. ${RUNS} runs, seeds from ${firstSeed}.`);
print();
for (const [name, durations] of Object.entries(distributions)) compare(name, durations);

print("### A shift of the median");
print();
print("| shift | σ | at once | after 10 videos | 20 | 30 | 50 | 100 | recovered within |");
print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
const recoveries: [what: string, videos: number][] = [];
for (const sigma of [0.15, 0.25, 0.4]) {
  for (const medianMs of [90_000, 40_000]) {
    const ratios = afterShift(logNormal(60_000, sigma), logNormal(medianMs, sigma));
    const recovered = (ratios.findLastIndex((ratio) => ratio > RECOVERED) + 1) * 10;
    const shift = `60 s to ${medianMs / 1_000} s`;
    const cells = [0, 1, 2, 3, 5, 10].map((index) => percent(ratios[index] ?? 0));
    print(`| ${shift} | ${sigma} | ${cells.join(" | ")} | ${recovered} videos |`);
    recoveries.push([`${shift}, σ ${sigma}`, recovered]);
  }
}
print();
for (const [what, videos] of recoveries) {
  hold(`${what}: within 10 % of the new optimum after ${videos} videos, and from then on`, videos <= RECOVERED_WITHIN);
}
print();
print(missed.length === 0 ? "All targets are reached." : `Missed: ${missed.join("; ")}.`);
process.exitCode = missed.length === 0 ? 0 : 1;
