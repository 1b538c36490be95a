import { type FaultChance, type FaultPoint, faultList } from "../../packages/emulator/src/index.ts";

type Fault = (typeof faultList)[number];

/** How likely a request, or a generation, meets each single fault of its point. There are a dozen or two of them for each. */
const PROBABILITY: Readonly<Record<FaultPoint, number>> = {
  create: 0.01,
  status: 0.008,
  logs: 0.015,
  billing: 0.02,
  transactions: 0.02,
  models: 0.02,
  metrics: 0.02,
  file: 0.012,
  generation: 0.03,
};

/** Values of faults whose own default is too long for a torture. */
const VALUES: Partial<Record<Fault["name"], string>> = {
  slow: "1500",
  "slow-after-accepting": "1500",
  "rate-limited-retry-after": "1",
};

/** Every fault there is, at every point where it can be, each with a small probability. */
export function mixOfEveryFault(): FaultChance[] {
  return faultList.flatMap(({ name, on }) =>
    on.map((point) => {
      const value = VALUES[name];
      const chance = {
        on: point,
        fault: name,
        probability: PROBABILITY[point],
        ...(value === undefined ? {} : { value }),
      };
      // The list says which fault goes with which point; the type cannot follow it through `map`.
      return chance as FaultChance;
    }),
  );
}

/** Answers to a poll that say nothing of how far the generation is. */
const ODD_ANSWERS = [
  "not-found",
  "completed-without-url",
  "unknown-status",
  "rejected-key",
] as const satisfies Fault["name"][];

function isOddAnswer(name: Fault["name"]): boolean {
  return ODD_ANSWERS.some((odd) => odd === name);
}

/** Whether a prompt asks for polls that are answered so. Met at the wrong moment, they end a video. */
export function asksForOddAnswers(prompt: string): boolean {
  return ODD_ANSWERS.some((odd) => prompt.includes(`[fault:status/${odd}`));
}

/** What a prompt can ask for that stays with the generation for ever. Of these the video cannot end as it should. */
export const LASTING = {
  notFound: "[fault:status/not-found]",
  withoutUrl: "[fault:status/completed-without-url]",
  unknownStatus: "[fault:status/unknown-status]",
  expiredFile: "[fault:file/expired-file]",
  goneFile: "[fault:file/gone-file]",
} as const;

const LOST_AND_LATE = "[fault:create/lost-after-accepting*1] [fault:late-log-row:finished]";

/** A marker for each fault that a prompt can ask for, so that each surely happens, and for what is worst together. */
export function promptMarkers(): string[] {
  const single = faultList.flatMap(({ name, on }) =>
    on.flatMap((point) => {
      if (point === "generation") return name === "late-log-row" ? [] : [`[fault:${name}]`];
      if (point !== "create" && point !== "status" && point !== "file") return [];
      const value = VALUES[name];
      // The client repeats a poll that failed twice, but not one that was answered oddly.
      const times = point === "create" ? 1 : point === "file" || isOddAnswer(name) ? 2 : 4;
      return [`[fault:${point}/${name}${value === undefined ? "" : `:${value}`}*${times}]`];
    }),
  );
  const together = [LOST_AND_LATE, `${LOST_AND_LATE} [fault:generation-error]`, `${LOST_AND_LATE} [fault:stuck]`];
  return [...single, ...together, ...Object.values(LASTING)];
}
