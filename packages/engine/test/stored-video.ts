import { randomUUID } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  acceptedState,
  type CreateVideoInput,
  newVideoId,
  parseCreateVideoInput,
  transition,
  type VideoEvent,
} from "@reelwire/core";
import type { Kysely } from "kysely";
import { onTestFinished } from "vitest";
import type { EngineDatabase } from "../src/database/database.ts";
import { migrations } from "../src/database/migrations/index.ts";
import { openPglite } from "../src/database/pglite.ts";
import { openPostgres, type PostgresDatabase } from "../src/database/postgres.ts";
import type { EngineSchema } from "../src/database/schema.ts";
import type { EventBus } from "../src/event-bus.ts";
import { insertVideo, saveVersion } from "../src/store.ts";
import type { StoredVideo } from "../src/video-row.ts";
import { BUILT_IN_VIEWER, ownerOf, type Viewer } from "../src/viewer.ts";
import { postgresUrl } from "./database/postgres-url.ts";
import { type DatabaseKind, databaseTemplate, temporaryDatabase } from "./database/temporary-database.ts";

/** A migrated database of its own, gone after the test. */
export async function engineDatabase(kind: DatabaseKind = "pglite"): Promise<EngineDatabase<EngineSchema>> {
  if (kind === "pglite") return await temporaryDatabase<EngineSchema>({ migrations });
  return await engineDatabaseAt(await postgresUrl());
}

/** A migrated database for many tests. */
export interface SharedDatabase {
  db: EngineDatabase<EngineSchema>;
  /** The same, where it is on a server. */
  onServer: PostgresDatabase<EngineSchema> | null;
  /** More connections to the same one; the embedded one has none. */
  open(): Promise<EngineDatabase<EngineSchema>>;
  close(): Promise<void>;
}

/** Opens one, to be closed by whoever asked for it: making an embedded one takes a second. */
export async function sharedDatabase(kind: DatabaseKind): Promise<SharedDatabase> {
  if (kind === "postgres") {
    const url = await postgresUrl();
    const db = await openPostgres<EngineSchema>({ url, migrations });
    return { db, onServer: db, open: () => engineDatabaseAt(url), close: db.close };
  }
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-database-"));
  await cp(await databaseTemplate(), dataDir, { recursive: true });
  const db = await openPglite<EngineSchema>({ dataDir, migrations, maintenance: { intervalMs: 0 } });
  return {
    db,
    onServer: null,
    open: async () => db,
    async close() {
      await db.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** One more connection to a database of the tests' server, closed after the test. */
export async function engineDatabaseAt(url: string): Promise<PostgresDatabase<EngineSchema>> {
  const database = await openPostgres<EngineSchema>({ url, migrations });
  onTestFinished(() => database.close());
  return database;
}

/** A video that was just accepted, and is not saved yet. */
export function acceptedVideo(viewer: Viewer = BUILT_IN_VIEWER, input: Partial<CreateVideoInput> = {}): StoredVideo {
  const now = new Date();
  const {
    maxUsd: _,
    callbackUrl: __,
    ...asked
  } = parseCreateVideoInput({ prompt: "a boat", durationSeconds: 4, ...input });
  return {
    ...asked,
    ...acceptedState(now),
    id: newVideoId(),
    owner: ownerOf(viewer),
    keyId: viewer.keyId,
    fingerprint: "f",
    estimatedUsd: null,
    createdAt: now,
    fence: 0,
    archivedAt: null,
  };
}

/** Saves a video that was just accepted. */
export async function storeVideo(
  db: Kysely<EngineSchema>,
  viewer: Viewer = BUILT_IN_VIEWER,
  input: Partial<CreateVideoInput> = {},
): Promise<StoredVideo> {
  const video = acceptedVideo(viewer, input);
  if (!(await insertVideo(db, video, null, 0, input.callbackUrl))) throw new Error("not inserted");
  return video;
}

/** Saves a node that was heard of just now. */
export async function storeNode(db: Kysely<EngineSchema>, { lost = false } = {}): Promise<string> {
  const id = randomUUID();
  await db.insertInto("nodes").values({ id, lost, carries: true, files: "files", upstream: "upstream" }).execute();
  return id;
}

const generation = { id: "g", url: null, error: null, usage: null };

export const submitStarted: VideoEvent = { type: "submit_started" };

/** What happens to a video that ends well, in order. */
export const happyEvents: readonly VideoEvent[] = [
  submitStarted,
  { type: "submit_accepted", generation: { ...generation, status: "queued" } },
  { type: "polled", generation: { ...generation, status: "generating" } },
  { type: "polled", generation: { ...generation, status: "completed", url: "http://127.0.0.1/file.mp4" } },
];

/** Saves what an event makes of a video, and publishes it where a bus is given. */
export async function apply(
  db: Kysely<EngineSchema>,
  video: StoredVideo,
  event: VideoEvent,
  bus?: EventBus,
): Promise<StoredVideo> {
  const next = transition(video, event, new Date());
  if ((await saveVersion(db, { video, next, event: event.type }, null)) === null) throw new Error("not saved");
  bus?.publish({ videoId: video.id, owner: video.owner, version: next.version, lastCheckedAt: null });
  return next;
}
