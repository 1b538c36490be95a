import {
  createReelwireClient,
  type ReelwireClient,
  type ReelwireClientOptions,
  type Video,
} from "../../src/client/index.ts";

export const ID = "video_01kaqg3v7hf0ctq9x2d3s8g4rn";

const VIDEO: Video = {
  id: ID,
  prompt: "A paper boat",
  model: "google/veo-3.1-lite-generate-001",
  aspectRatio: null,
  resolution: "P720",
  durationSeconds: 8,
  generateAudio: true,
  personGeneration: "ALLOW_ADULT",
  idempotencyKey: null,
  externalId: null,
  status: "GENERATING",
  version: 1,
  waitingReason: null,
  url: null,
  studioUrl: `http://127.0.0.1:4000/videos/${ID}`,
  sourceUrl: null,
  error: null,
  progress: { fraction: 0, estimatedCompletionAt: null },
  cost: { estimatedUsd: 0.4, chargedUsd: null, credits: null },
  generationId: null,
  createdAt: "2026-11-22T09:00:00.000Z",
  submittedAt: null,
  lastCheckedAt: null,
  finishedAt: null,
  updatedAt: "2026-11-22T09:00:00.000Z",
};

/** A video at this version, looked at so many seconds in. */
export function at(version: number, checkedSeconds = 0, changes: Partial<Video> = {}): Video {
  const lastCheckedAt = new Date(Date.UTC(2026, 10, 22, 9, 0, checkedSeconds)).toISOString();
  return { ...VIDEO, version, lastCheckedAt, ...changes };
}

/** The final version. */
export function completed(version: number, changes: Partial<Video> = {}): Video {
  return at(version, 0, { status: "COMPLETED", url: "http://127.0.0.1/a.mp4", ...changes });
}

/** A client that hardly waits between tries, and is closed at the end of the block. */
export function quickClient(url: string, options: Partial<ReelwireClientOptions> = {}): ReelwireClient & Disposable {
  const client = createReelwireClient({ url, retryDelayMs: 1, maxRetryDelayMs: 2, ...options });
  return { ...client, [Symbol.dispose]: client.close };
}

/** Reads to the end. */
export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const value of values) read.push(value);
  return read;
}

export const versions = (videos: readonly Video[]) => videos.map(({ version }) => version);

/** Reads until a version has come, and keeps what was read. */
export async function readTo(version: number, iterator: AsyncIterator<Video>, seen: Video[] = []): Promise<Video[]> {
  while (seen.at(-1)?.version !== version) {
    const { done, value } = await iterator.next();
    if (done) throw new Error(`Ended before version ${version}.`);
    seen.push(value);
  }
  return seen;
}

/** A function that gives another token each time it is asked, `t1` first, and which it has given. */
export function tokens(): { token: () => string; given: string[] } {
  const given: string[] = [];
  const token = () => {
    const next = `t${given.length + 1}`;
    given.push(next);
    return next;
  };
  return { token, given };
}
