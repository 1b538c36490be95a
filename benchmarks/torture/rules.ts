import { isFinal } from "../../packages/core/src/index.ts";
import type { Evidence, VideoRecord } from "./evidence.ts";
import { isExplained } from "./explained-failures.ts";
import { isLegalStep } from "./legal-steps.ts";
import { pollBreaches } from "./poll-loops.ts";
import { isLikeRefusal, isRightlyUnconfirmed, postBreaches } from "./posts.ts";
import { watchingBreaches } from "./watchings.ts";

/** Something that must hold whatever happened, and who broke it. */
export interface Rule {
  name: string;
  breaches(evidence: Evidence): string[];
}

/** What a torture proves. The numbers in brackets are the invariants of VIDEO-STATE.md. */
export const RULES: readonly Rule[] = [
  {
    name: "every accepted video is final",
    breaches: ({ videos, answers, keys }) => [
      ...all(videos, ({ status }) => !isFinal(status), "is not final"),
      ...answers
        .filter(({ videoId }) => !videos.has(videoId))
        .map(({ videoId }) => `${videoId} was answered, and is not there (1)`),
      ...keys.filter((key) => !answers.some((answer) => answer.key === key)).map((key) => `${key} was never answered`),
    ],
  },
  {
    name: "every answer for one key names one video, and another input is refused (4)",
    breaches({ videos, answers, conflictsMissed }) {
      const ids = new Map([...videos.values()].map(({ key, id }) => [key, id]));
      return [
        ...answers
          .filter(({ key, videoId }) => ids.get(key) !== videoId)
          .map(({ key, videoId }) => `${key} was also answered with ${videoId}`),
        ...conflictsMissed.map((key) => `${key} was taken with another input`),
      ];
    },
  },
  {
    name: "at most one generation is accepted for a video, and charged once (2)",
    breaches({ videos, accepted, charges }) {
      const charged = new Map<string, number>();
      for (const { generationId } of charges) charged.set(generationId, (charged.get(generationId) ?? 0) + 1);
      const byVideo = Map.groupBy(accepted, ({ clientRequestId }) => videoIdIn(clientRequestId));
      return [
        ...[...byVideo]
          .filter(([id]) => !videos.has(id))
          .map(([id]) => `${id} is unknown, and a generation was accepted for it (1)`),
        ...[...byVideo]
          .filter(([id, all]) => all.slice(0, -1).some((one) => !isLikeRefusal(one, videos.get(id)?.prompt ?? "")))
          .map(
            ([id, all]) =>
              `${id} has ${all.length} generations: ${all.map(({ clientRequestId, status }) => `${clientRequestId} ${status}`).join(", ")}`,
          ),
        ...[...charged].filter(([, times]) => times > 1).map(([id, times]) => `${id} was charged ${times} times`),
        ...all(
          videos,
          ({ id, status, generationId }) => {
            if (status !== "COMPLETED") return false;
            const its = byVideo.get(id)?.at(-1);
            return its === undefined || its.id !== generationId || charged.get(its.id) !== 1;
          },
          "is COMPLETED, not by one generation that was charged once",
        ),
      ];
    },
  },
  {
    name: "no POST is sent again unless the one before is known not to have been accepted (2)",
    breaches: postBreaches,
  },
  {
    name: "no SUBMISSION_UNCONFIRMED that the request log could have settled (3)",
    breaches: (evidence) =>
      all(
        evidence.videos,
        (video) => video.errorCode === "SUBMISSION_UNCONFIRMED" && !isRightlyUnconfirmed(video, evidence),
        "was given up, and the log had its row",
      ),
  },
  {
    name: "every failure has its cause upstream",
    breaches: (evidence) =>
      [...evidence.videos.values()]
        .filter((video) => !isExplained(video, evidence))
        .map((video) => `${named(video)} has no cause for that`),
  },
  {
    name: "versions have no gap, every step is legal, nothing follows the final one (T1, T2, T5)",
    breaches: ({ videos }) => [...videos.values()].flatMap(versionBreaches),
  },
  {
    name: "subscribers are told every version, once, in order, to the final one (7)",
    breaches: watchingBreaches,
  },
  {
    name: "one poll loop for a video (6)",
    breaches: pollBreaches,
  },
  {
    name: "the file of a completed video is there",
    breaches: ({ files }) =>
      files
        .filter(({ isMp4, isGoneForGood }) => !isMp4 && !isGoneForGood)
        .map(({ videoId, problem }) => `${videoId}: ${problem}`),
  },
  {
    name: "no process ends by itself, nobody is told INTERNAL",
    breaches: ({ surprises, errors }) => [
      ...surprises,
      ...[...errors]
        .filter(([code]) => !PASSING.has(code))
        .map(([code, times]) => `customers were told ${code} ${times} times`),
    ],
  },
];

/** What a customer may be told while nodes come and go. */
const PASSING: ReadonlySet<string> = new Set(["NETWORK", "UNAVAILABLE", "BAD_ANSWER"]);

function versionBreaches({ id, version, status, versions }: VideoRecord): string[] {
  const breaches: string[] = [];
  for (const [index, step] of versions.entries()) {
    const before = versions[index - 1];
    if (step.version !== index + 1) breaches.push(`${id}: version ${step.version} stands where ${index + 1} should`);
    if (before === undefined) {
      if (step.event !== "accepted" || step.status !== "ACCEPTED") breaches.push(`${id} begins with ${step.event}`);
      continue;
    }
    if (!isLegalStep(step.event, before.status, step.status)) {
      breaches.push(`${id}: ${step.event} led from ${before.status} to ${step.status}`);
    }
    if (step.attempt !== before.attempt + (step.event === "submit_started" ? 1 : 0)) {
      breaches.push(`${id}: attempt went from ${before.attempt} to ${step.attempt} with ${step.event}`);
    }
  }
  const last = versions.at(-1);
  if (last?.version !== version || last.status !== status) breaches.push(`${id}: its row and its last version differ`);
  return breaches;
}

function all(
  videos: ReadonlyMap<string, VideoRecord>,
  isBreach: (video: VideoRecord) => boolean,
  what: string,
): string[] {
  return [...videos.values()].filter(isBreach).map((video) => `${named(video)} ${what}`);
}

function named({ id, status, errorCode, prompt }: VideoRecord): string {
  return `${id} (${errorCode ?? status}, “${prompt}”)`;
}

/** The video in a client request id: what stands before the attempt. */
function videoIdIn(clientRequestId: string | null): string {
  return clientRequestId?.slice(0, clientRequestId.lastIndexOf(".")) ?? "nobody";
}
