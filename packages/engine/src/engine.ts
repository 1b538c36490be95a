import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type AcceptedInput,
  ApiError,
  MODELS,
  type PollSchedule,
  plainPollSchedule,
  type VideoRequest,
  type VideoStatus,
} from "@reelwire/core";
import { createUpstreamClient, type UpstreamClientOptions } from "@reelwire/core/upstream";
import { openDiskArchive } from "./archive/disk.ts";
import { signFilePath } from "./archive/signed-url.ts";
import { archiveKey, createArchiveVideo } from "./archive-video.ts";
import { type CanceledVideo, cancelVideo } from "./cancel-video.ts";
import type { CarryStep } from "./carry-context.ts";
import { startCarryLoop } from "./carry-loop.ts";
import { carryVideo } from "./carry-video.ts";
import { type CreatedVideo, createVideo } from "./create-video.ts";
import type { DatabaseError } from "./database/database-error.ts";
import { migrations } from "./database/migrations/index.ts";
import { openPglite } from "./database/pglite.ts";
import type { EngineSchema } from "./database/schema.ts";
import { wholeRequest } from "./embedded-images.ts";
import { createLocalEventBus } from "./event-bus.ts";
import { hostAndPort } from "./guarded-fetch.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { openVideoFile, type VideoFile } from "./open-video-file.ts";
import { createPriceList } from "./price-list.ts";
import { embeddedLease, type LeaseOptions, openQueue } from "./queue.ts";
import { createSettleSubmission } from "./settle-submission.ts";
import { createSharedVersions } from "./shared-versions.ts";
import {
  countUnfinished,
  findVideo,
  listVideos,
  loadVideo,
  saveArchived,
  sharedSecret,
  unarchivedVideos,
  unfinishedVideos,
  type VideoFilter,
  type VideoPage,
} from "./store.ts";
import { type CarryTiming, defaultTiming } from "./timing.ts";
import { createUpstreamFetch } from "./upstream-fetch.ts";
import { createUpstreamHealth, type UpstreamHealth } from "./upstream-health.ts";
import type { StoredVideo } from "./video-row.ts";
import { maySee, type Viewer } from "./viewer.ts";
import { pause } from "./wake.ts";
import { watchActivity, watchVideo } from "./watch-video.ts";

/** How an engine is set up. */
export interface EngineOptions {
  /** Directory for the embedded database, its lock and the archived files; made if missing. */
  dataDir: string;
  /** The upstream's key and address. Its host may be private in any case. */
  upstream: Omit<UpstreamClientOptions, "fetch">;
  /** Lets result files live on private or loopback addresses. Default: false. */
  allowPrivateAddresses?: boolean;
  /** When to look at a generation. Default: `plainPollSchedule`. */
  schedule?: PollSchedule;
  /** Anything given replaces its default. */
  timing?: Partial<CarryTiming>;
  lease?: Partial<LeaseOptions>;
  log?: Logger;
  /** Called when the embedded database stops by itself (a full disk): only a restart helps. Default: ignored. */
  onStopped?: (error: DatabaseError) => void;
  /** Called at each step of each video; tests stop the process there. Default: nothing. */
  onStep?: (step: CarryStep, videoId: string) => void | Promise<void>;
  /** From 0 to 1, for jitter. Default: `Math.random`. */
  random?: () => number;
}

/** Everything a gateway needs. Each function takes the viewer who asks (invariant 9). */
export interface Engine {
  /** @throws {ApiError} `IDEMPOTENCY_CONFLICT`, `EXTERNAL_ID_TAKEN` */
  createVideo(viewer: Viewer, input: AcceptedInput): Promise<CreatedVideo>;
  /** @throws {ApiError} `NOT_FOUND`, `VIDEO_ALREADY_FINISHED` */
  cancelVideo(viewer: Viewer, id: string): Promise<CanceledVideo>;
  video(viewer: Viewer, id: string): Promise<StoredVideo | null>;
  videos(viewer: Viewer, filter: VideoFilter, page: VideoPage): Promise<StoredVideo[]>;
  /** What was asked for, with the images that were given as `data:` URIs. @throws {ApiError} `NOT_FOUND` */
  request(viewer: Viewer, video: StoredVideo): Promise<VideoRequest>;
  /** Now, then every later version; see `watchVideo`. @throws {ApiError} `NOT_FOUND` */
  watchVideo(viewer: Viewer, id: string, afterVersion: number | null): Promise<AsyncIterableIterator<StoredVideo>>;
  watchActivity(viewer: Viewer): AsyncIterableIterator<StoredVideo>;
  /** Name and signature of a video's file: whoever has both may read it, as long as the video exists. */
  fileAddress(videoId: string): { key: string; signature: string };
  /** The file at such an address; see `openVideoFile`. @throws {ApiError} `NOT_FOUND`, `FILE_UNAVAILABLE` */
  openFile(key: string, signature: string): Promise<VideoFile>;
  health(): Promise<EngineHealth>;
  /** Starts nothing new, lets a POST under way be answered, hands all jobs back, closes the database. Safe to call twice. */
  close(): Promise<void>;
}

/** Whether the engine works. */
export interface EngineHealth {
  database: "ok" | "failed";
  upstream: UpstreamHealth;
  /** Videos carried by this process. */
  active: number;
  /** Videos that are not finished, by status. */
  unfinished: Partial<Record<VideoStatus, number>>;
}

/** How long `close` waits for the answer to a POST under way. Longer than nearly all take, shorter than a supervisor's patience. */
const CLOSE_GRACE_MS = 8_000;

/** How often videos without a job are looked for. There should never be one. */
const RESTORE_EVERY_MS = 5 * 60_000;

/**
 * Opens the database, takes up every unfinished video where it was left, and is ready for new ones.
 *
 * @throws {DatabaseError} such as `DATA_DIR_IN_USE`, when another process has the directory
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, log = silentLogger, random = Math.random, onStep = () => {} } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const lease = { ...embeddedLease, ...options.lease };
  const connections = createUpstreamFetch();
  const upstream = createUpstreamClient({ ...options.upstream, fetch: connections.fetch });
  const prices = createPriceList(upstream, log);
  // Asked while the database opens, so that the first video already has its price.
  for (const { id } of MODELS) void prices.refresh(id);
  await mkdir(dataDir, { recursive: true });
  const db = await openPglite<EngineSchema>({
    dataDir: join(dataDir, "database"),
    migrations,
    ...(options.onStopped === undefined ? {} : { onStopped: options.onStopped }),
  });
  const archive = await openDiskArchive({ directory: join(dataDir, "files"), leftoverAgeMs: 0 });
  const queue = await openQueue(db, lease, log);
  const bus = createLocalEventBus();
  const health = createUpstreamHealth();
  const closing = new AbortController();
  const secret = await sharedSecret(db.kysely, "file-signature");

  const archiveVideo = createArchiveVideo({
    archive,
    fetch: {
      allowPrivateAddresses: options.allowPrivateAddresses ?? false,
      allowedHosts: options.upstream.baseUrl === undefined ? [] : [hostAndPort(options.upstream.baseUrl)],
      signal: closing.signal,
    },
    log,
    onArchived: (videoId) => saveArchived(db.kysely, videoId, new Date()),
    tryAgainLater: (videoId) => queue.sendArchive(videoId),
  });

  const context = {
    ...{ db, upstream, bus, timing, health, log, random, onStep },
    schedule: options.schedule ?? plainPollSchedule,
    settle: createSettleSubmission(upstream),
  };

  // The directory's lock says that whatever process had these jobs is gone.
  const left = await unfinishedVideos(db.kysely);
  await queue.restore(left);
  await queue.takeBack([...left.map((video) => video.id), ...(await unarchivedVideos(db.kysely))]);
  const loop = startCarryLoop(queue, lease, log, (job) => carryVideo(context, archiveVideo, job));
  await queue.workArchive(async (videoId) => {
    const video = await loadVideo(db.kysely, videoId);
    if (video !== null && video.archivedAt === null) await archiveVideo.copy(video);
  });
  const restoring = restoreNowAndThen();
  void checkKey();

  async function checkKey(): Promise<void> {
    try {
      await upstream.balance();
      health.answered();
    } catch (error) {
      health.failed(error);
      const { usable, code } = health.read();
      if (usable) log.warn({ err: error }, "the upstream could not be asked for the account's balance");
      else
        log.error({ code }, "the upstream refuses the key or the account: no video can be made until that is mended");
    }
  }
  async function restoreNowAndThen(): Promise<void> {
    for (;;) {
      await pause(RESTORE_EVERY_MS, closing.signal);
      if (closing.signal.aborted) return;
      await unfinishedVideos(db.kysely)
        .then((videos) => queue.restore(videos))
        .catch((error: unknown) => log.error({ err: error }, "looking for videos without a job failed"));
    }
  }

  const watching = {
    db,
    bus,
    readVersions: createSharedVersions(db.kysely),
    sweepMs: timing.sweepMs,
    closing: closing.signal,
  };
  const creating = { db, queue, bus, estimateUsd: prices.estimateUsd };
  let closed: Promise<void> | null = null;

  async function close(): Promise<void> {
    closing.abort();
    await loop.close(CLOSE_GRACE_MS);
    await restoring;
    await queue.close();
    await bus.close();
    await db.close();
    await connections.close();
  }

  return {
    createVideo: (viewer, input) => createVideo(creating, viewer, input),
    cancelVideo: (viewer, id) => cancelVideo({ db, bus }, viewer, id),
    video: (viewer, id) => findVideo(db.kysely, viewer, id),
    videos: (viewer, filter, page) => listVideos(db.kysely, viewer, filter, page),
    async request(viewer, video) {
      if (!maySee(viewer, video.owner)) throw new ApiError("NOT_FOUND");
      return await wholeRequest(db.kysely, video);
    },
    watchVideo: (viewer, id, afterVersion) => watchVideo(watching, viewer, id, afterVersion),
    watchActivity: (viewer) => watchActivity(watching, viewer),
    fileAddress(videoId) {
      const key = archiveKey(videoId);
      return { key, signature: signFilePath(secret, key) };
    },
    openFile: (key, signature) => openVideoFile({ db, archive, archiveVideo, secret }, key, signature),
    async health() {
      const unfinished = await countUnfinished(db.kysely).catch(() => null);
      return {
        database: unfinished === null ? "failed" : "ok",
        upstream: health.read(),
        active: loop.active(),
        unfinished: unfinished ?? {},
      };
    },
    close: () => (closed ??= close()),
  };
}
