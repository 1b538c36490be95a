import { describe, expect, test } from "vitest";
import type { Evidence, VideoRecord } from "../benchmarks/torture/evidence.ts";
import { RULES } from "../benchmarks/torture/rules.ts";
import { NODE_TIMING } from "../benchmarks/torture/settings.ts";
import type { Told, Watching } from "../benchmarks/torture/watchers.ts";
import { newVideoId } from "../packages/core/src/index.ts";
import type { AcceptedGeneration, RecordedRequest } from "../packages/emulator/src/index.ts";

const id = newVideoId();
const key = "torture-0";
const BEGUN = Date.parse("2026-11-24T07:00:00Z");

const generation = (
  name: string,
  attempt: number,
  status: AcceptedGeneration["status"] = "completed",
): AcceptedGeneration => ({
  id: name,
  clientRequestId: `${id}.${attempt}`,
  body: {
    model: "google/veo-3.1-lite-generate-001",
    prompt: "a boat",
    resolution: "720P",
    duration: 4,
    generate_audio: false,
    person_generation: "allow_adult",
  },
  acceptedAt: BEGUN,
  status,
  finishesAt: BEGUN + 3_000,
  error: null,
});

const post = (attempt: number, status: number | null): RecordedRequest => ({
  method: "POST",
  path: "/v2/video/generations",
  endpoint: "create",
  at: BEGUN + 1_000 * attempt,
  clientRequestId: `${id}.${attempt}`,
  generationId: null,
  status,
});

const checkedAt = (seconds: number) => new Date(BEGUN + 1_000 * seconds).toISOString();

const toldAll: readonly Told[] = [
  { version: 1, status: "ACCEPTED", lastCheckedAt: null },
  { version: 2, status: "SUBMITTING", lastCheckedAt: null },
  { version: 3, status: "QUEUED", lastCheckedAt: checkedAt(1) },
  { version: 3, status: "QUEUED", lastCheckedAt: checkedAt(2) },
  { version: 4, status: "COMPLETED", lastCheckedAt: checkedAt(3) },
];

const completed: VideoRecord = {
  id,
  key,
  prompt: "a boat",
  status: "COMPLETED",
  errorCode: null,
  version: 4,
  attempt: 1,
  fence: 1,
  generationId: "gen-1",
  submittedAt: BEGUN,
  finishedAt: BEGUN + 4_000,
  versions: [
    { version: 1, event: "accepted", status: "ACCEPTED", attempt: 0 },
    { version: 2, event: "submit_started", status: "SUBMITTING", attempt: 1 },
    { version: 3, event: "submit_accepted", status: "QUEUED", attempt: 1 },
    { version: 4, event: "polled", status: "COMPLETED", attempt: 1 },
  ],
};

const watching: Watching = {
  videoId: id,
  by: "protocol",
  stretches: [
    { afterVersion: 0, told: toldAll.slice(0, 2) },
    { afterVersion: 2, told: toldAll.slice(2) },
  ],
  ended: true,
  failure: null,
};

/** Of one video that was made as it should be, but for what is given. */
function evidence(changed: Partial<Evidence> = {}, video: Partial<VideoRecord> = {}): Evidence {
  return {
    videos: new Map([[id, { ...completed, ...video }]]),
    accepted: [generation("gen-1", 1)],
    charges: [{ generationId: "gen-1", usd: 1, credits: 1, at: BEGUN }],
    requests: [post(1, 200)],
    polls: [],
    log: [{ clientRequestId: `${id}.1`, listedAt: BEGUN + 500, isRefusal: false }],
    answers: [{ key, videoId: id }],
    keys: [key],
    conflictsMissed: [],
    canceled: new Set(),
    watchings: [watching],
    files: [{ videoId: id, isMp4: true, isGoneForGood: false, problem: "" }],
    errors: new Map([["NETWORK", 3]]),
    surprises: [],
    ...changed,
  };
}

/** One subscription, without a break. */
const watched = (told: readonly Told[], by: Watching["by"] = "protocol"): Partial<Evidence> => ({
  watchings: [{ ...watching, by, stretches: [{ afterVersion: 0, told: [...told] }] }],
});

const broken = (judged: Evidence) =>
  RULES.filter(({ breaches }) => breaches(judged).length > 0).map(({ name }) => name);

test("nothing is found where nothing is wrong", () => {
  expect(broken(evidence())).toEqual([]);
});

describe("the judge of the torture sees", () => {
  const refusedAt = (listedAt: number) => ({ clientRequestId: `${id}.1`, listedAt, isRefusal: true });
  const again = { requests: [post(1, 503), post(2, 200)], accepted: [generation("gen-1", 2)] };
  const twoAttempts = {
    attempt: 2,
    version: 6,
    versions: [
      ...completed.versions.slice(0, 2),
      { version: 3, event: "submit_postponed", status: "ACCEPTED", attempt: 1 } as const,
      { version: 4, event: "submit_started", status: "SUBMITTING", attempt: 2 } as const,
      { version: 5, event: "submit_accepted", status: "QUEUED", attempt: 2 } as const,
      { version: 6, event: "polled", status: "COMPLETED", attempt: 2 } as const,
    ],
  };
  const sixTold = twoAttempts.versions.map(({ version, status }) => ({ version, status, lastCheckedAt: null }));
  const unconfirmed = { status: "FAILED", errorCode: "SUBMISSION_UNCONFIRMED", version: 4 } as const;
  const deadline = BEGUN + NODE_TIMING.generationTimeoutMs + NODE_TIMING.settleGraceMs;

  test.each<[what: string, judged: Evidence, rules: string[]]>([
    [
      "a second POST after a refusal that the log showed in time",
      evidence({ ...again, ...watched(sixTold), log: [refusedAt(BEGUN + 1_500)] }, twoAttempts),
      [],
    ],
    [
      "a second POST before the log showed the refusal",
      evidence({ ...again, ...watched(sixTold), log: [refusedAt(BEGUN + 2_500)] }, twoAttempts),
      ["no POST is sent again"],
    ],
    [
      "a second POST after one whose answer was lost",
      evidence({ ...again, ...watched(sixTold), requests: [post(1, null), post(2, 200)] }, twoAttempts),
      ["no POST is sent again"],
    ],
    ["a POST sent twice", evidence({ requests: [post(1, 200), post(1, 200)] }), ["no POST is sent again"]],
    [
      "two generations",
      evidence({ accepted: [generation("gen-1", 1), generation("gen-2", 2, "error")] }),
      ["at most one generation"],
    ],
    [
      "two charges",
      evidence({ charges: [1, 2].map((at) => ({ generationId: "gen-1", usd: 1, credits: 1, at })) }),
      ["at most one generation"],
    ],
    ["a completed video that was not charged", evidence({ charges: [] }), ["at most one generation"]],
    [
      "a generation of nobody's",
      evidence({
        accepted: [generation("gen-1", 1), { ...generation("gen-2", 1), clientRequestId: `${newVideoId()}.1` }],
      }),
      ["at most one generation"],
    ],
    [
      "an answered video that is not there",
      evidence({ answers: [{ key, videoId: newVideoId() }] }),
      ["every accepted video", "every answer for one key"],
    ],
    ["a key that was never answered", evidence({ keys: [key, "torture-1"] }), ["every accepted video"]],
    ["a key that was taken with another input", evidence({ conflictsMissed: [key] }), ["every answer for one key"]],
    ["a message that was missed", evidence(watched(toldAll.filter(({ version }) => version !== 2))), ["subscribers"]],
    ["a message that came twice", evidence(watched([...toldAll.slice(0, 2), ...toldAll.slice(1)])), ["subscribers"]],
    [
      "messages out of order",
      evidence(watched([0, 2, 1, 4].flatMap((index) => toldAll[index] ?? []))),
      ["subscribers"],
    ],
    ["a final message that was missed", evidence(watched(toldAll.slice(0, 4))), ["subscribers"]],
    [
      "a subscription that failed",
      evidence({ watchings: [{ ...watching, ended: false, failure: "INTERNAL" }] }),
      ["subscribers"],
    ],
    [
      "a message that says otherwise than the database",
      evidence(watched(toldAll.map((told) => ({ ...told, status: "ACCEPTED" as const })))),
      ["subscribers"],
    ],
    [
      "an unfinished video",
      evidence(watched(toldAll.slice(0, 4)), {
        status: "QUEUED",
        version: 3,
        versions: completed.versions.slice(0, 3),
      }),
      ["every accepted video"],
    ],
    [
      "a gap between versions",
      evidence({}, { versions: completed.versions.filter(({ version }) => version !== 3) }),
      ["versions", "subscribers"],
    ],
    [
      "a step that leads out of a final version",
      evidence(
        {},
        {
          version: 5,
          versions: [...completed.versions, { version: 5, event: "polled", status: "COMPLETED", attempt: 1 }],
        },
      ),
      ["versions", "subscribers"],
    ],
    [
      "a video that was given up though the log had its row",
      evidence({}, unconfirmed),
      ["no SUBMISSION_UNCONFIRMED", "versions"],
    ],
    [
      "a video that was given up before its row came",
      evidence({ log: [{ clientRequestId: `${id}.1`, listedAt: deadline + 1, isRefusal: false }] }, unconfirmed),
      ["versions"],
    ],
    [
      "a failure without a cause",
      evidence({}, { status: "FAILED", errorCode: "GENERATION_FAILED" }),
      ["every failure", "versions"],
    ],
    ["a cancellation that nobody asked for", evidence({}, { status: "CANCELED" }), ["every failure", "versions"]],
    [
      "two poll loops",
      evidence({
        polls: Array.from({ length: 20 }, (_, from) => ({ generationId: "gen-1", from, to: from + 1, status: 200 })),
      }),
      ["one poll loop"],
    ],
    [
      "a file that is not there",
      evidence({ files: [{ videoId: id, isMp4: false, isGoneForGood: false, problem: "status 503" }] }),
      ["the file"],
    ],
    [
      "a node that ended by itself, and INTERNAL",
      evidence({ surprises: ["node-1 ended by itself"], errors: new Map([["INTERNAL", 1]]) }),
      ["no process"],
    ],
  ])("%s", (_, judged, rules) => {
    const found = broken(judged);
    expect(found).toHaveLength(rules.length);
    for (const rule of rules) expect(found).toContainEqual(expect.stringContaining(rule));
  });
});
