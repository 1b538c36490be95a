import type { Video, VideoStatus } from "@reelwire/react";

/** One of the stages that a video goes through. */
export interface Step {
  readonly name: string;
  readonly state: "done" | "current" | "ahead";
  /** When it was reached; `null`: not yet, or not known. */
  readonly at: string | null;
  /** Of the current one: since when it is waited for. */
  readonly since: string | null;
}

/** How many steps are behind a video that is not finished. */
const REACHED: Readonly<Record<Exclude<VideoStatus, "FAILED" | "CANCELED">, number>> = {
  ACCEPTED: 1,
  SUBMITTING: 1,
  UNCONFIRMED: 1,
  QUEUED: 2,
  GENERATING: 3,
  COMPLETED: 4,
};

type Stepping = Pick<Video, "status" | "createdAt" | "submittedAt" | "finishedAt">;

/** @param generatingSince when the upstream began; `null`: not known */
export function stepsOf(video: Stepping, generatingSince: string | null): readonly Step[] {
  const { status, createdAt, submittedAt = null, finishedAt = null } = video;
  const reached = status === "FAILED" || status === "CANCELED" ? (submittedAt === null ? 1 : 2) : REACHED[status];
  const isOver = finishedAt !== null;
  const times = [createdAt, submittedAt, generatingSince, finishedAt];
  const newest = times.slice(0, reached).findLast((time) => time !== null) ?? createdAt;
  const making = status === "QUEUED" ? "Queued" : "Generating";
  return ["Accepted", "Submitted", making, "Finished"].map((name, index) => {
    // Being made is a step that lasts: it is behind when the video is there.
    const isCurrent = !isOver && (status === "GENERATING" ? index === 2 : index === reached);
    const isDone = index < reached && !isCurrent;
    return {
      name,
      state: isCurrent ? "current" : isDone ? "done" : "ahead",
      at: isDone ? (times[index] ?? null) : null,
      since: isCurrent ? newest : null,
    };
  });
}
