import { readFile } from "node:fs/promises";
import { type VideoStatus, videoIdFromUuid } from "../../packages/core/src/index.ts";
import type { AcceptedGeneration, Charge, RecordedRequest } from "../../packages/emulator/src/index.ts";
import { stateRecordSchema } from "../../packages/emulator/src/state-record.ts";
import type { PostgresServer } from "../../packages/postgres-for-tests/src/index.ts";
import type { Answer } from "./customers.ts";
import type { AnsweredPoll } from "./emulator-lives.ts";
import type { Watching } from "./watchers.ts";

/** A video as the database has it at the end. Times in milliseconds since the epoch. */
export interface VideoRecord {
  id: string;
  key: string;
  prompt: string;
  status: VideoStatus;
  errorCode: string | null;
  version: number;
  attempt: number;
  /** Rises with each claim of its job. */
  fence: number;
  generationId: string | null;
  submittedAt: number | null;
  finishedAt: number | null;
  /** In order of their number. */
  versions: VersionRecord[];
}

/** One version of a video. */
export interface VersionRecord {
  version: number;
  event: string;
  status: VideoStatus;
  attempt: number;
}

/** One row of the upstream's request log. Times in milliseconds since the epoch. */
export interface LogRow {
  clientRequestId: string | null;
  /** From when on whoever asks finds it; `null`: never. */
  listedAt: number | null;
  /** Whether nothing was accepted. */
  isRefusal: boolean;
}

/** A completed video's file, asked for at the end. */
export interface FileOutcome {
  videoId: string;
  isMp4: boolean;
  /** Whether the upstream never gave it away, since that fault was asked for. */
  isGoneForGood: boolean;
  /** What came instead. */
  problem: string;
}

/** All that the judge looks at. */
export interface Evidence {
  videos: ReadonlyMap<string, VideoRecord>;
  /** In order. */
  accepted: readonly AcceptedGeneration[];
  charges: readonly Charge[];
  /** In order. */
  requests: readonly RecordedRequest[];
  polls: readonly AnsweredPoll[];
  log: readonly LogRow[];
  answers: readonly Answer[];
  /** Keys of all videos that were to be made. */
  keys: readonly string[];
  conflictsMissed: readonly string[];
  canceled: ReadonlySet<string>;
  watchings: readonly Watching[];
  files: readonly FileOutcome[];
  /** Codes of errors that customers were told, with how often. */
  errors: ReadonlyMap<string, number>;
  /** What happened to processes without being brought about. */
  surprises: readonly string[];
}

/** Reads all videos with all their versions. */
export async function readVideos(postgres: PostgresServer): Promise<Map<string, VideoRecord>> {
  const rows = await postgres.query<VideoRow>(
    `SELECT id, idempotency_key AS key, request->>'prompt' AS prompt, status, error->>'code' AS "errorCode", version, attempt,
       fence, generation_id AS "generationId", submitted_at AS "submittedAt", finished_at AS "finishedAt" FROM videos`,
  );
  const videos = new Map<string, VideoRecord>();
  for (const { id, submittedAt, finishedAt, ...row } of rows) {
    const times = { submittedAt: submittedAt?.getTime() ?? null, finishedAt: finishedAt?.getTime() ?? null };
    const videoId = videoIdFromUuid(id);
    videos.set(videoId, { ...row, ...times, id: videoId, versions: [] });
  }
  const versions = await postgres.query<VersionRow>(
    `SELECT video_id AS "videoId", version, event, state->>'status' AS status, (state->>'attempt')::integer AS attempt
     FROM video_events ORDER BY video_id, version`,
  );
  for (const { videoId, ...version } of versions) videos.get(videoIdFromUuid(videoId))?.versions.push(version);
  return videos;
}

/** The upstream's request log, from what the emulator has written down. */
export async function readLog(stateFile: string): Promise<LogRow[]> {
  const [, ...lines] = (await readFile(stateFile, "utf8")).split("\n").filter((line) => line !== "");
  return lines.flatMap((line): LogRow[] => {
    const record = stateRecordSchema.parse(JSON.parse(line));
    if (record.type === "refused") return [{ ...record.row, isRefusal: true }];
    if (record.type !== "accepted") return [];
    const { row, runMs, stuck } = record;
    return [{ ...row, listedAt: row.listedAt ?? (stuck ? null : row.at + runMs), isRefusal: false }];
  });
}

interface VideoRow extends Record<string, unknown>, Omit<VideoRecord, "submittedAt" | "finishedAt" | "versions"> {
  submittedAt: Date | null;
  finishedAt: Date | null;
}

interface VersionRow extends Record<string, unknown>, VersionRecord {
  videoId: string;
}
