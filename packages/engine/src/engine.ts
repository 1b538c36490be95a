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
import pLimit from "p-limit";
import { openDiskArchive } from "./archive/disk.ts";
import { signFilePath } from "./archive/signed-url.ts";
import { archiveKey, createArchiveVideo } from "./archive-video.ts";
import { type CanceledVideo, cancelVideo } from "./cancel-video.ts";
import type { CarryContext, CarryStep } from "./carry-context.ts";
import { startCarryLoop } from "./carry-loop.ts";
import { carryVideo } from "./carry-video.ts";
import { checkAccount } from "./check-account.ts";
import { type CreatedVideo, createVideo } from "./create-video.ts";
import type { DatabaseError } from "./database/database-error.ts";
import { migrations } from "./database/migrations/index.ts";
import { openPglite } from "./database/pglite.ts";
import type { EngineSchema } from "./database/schema.ts";
import { wholeRequest } from "./embedded-images.ts";
import { createLocalEventBus } from "./event-bus.ts";
import { createSubmissionFinder } from "./find-submissions.ts";
import { hostAndPort } from "./guarded-fetch.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { openVideoFile, type VideoFile } from "./open-video-file.ts";
import { createPriceList } from "./price-list.ts";
import { embeddedLease, type LeaseOptions, openQueue } from "./queue.ts";
import { restoreJobs, takeUpWhatWasLeft } from "./restore-jobs.ts";
import { sharedSecret } from "./shared-secret.ts";
import { createSharedVersions } from "./shared-versions.ts";
import {
  countUnfinished,
  findVideo,
  listVideos,
  loadVideo,
  saveArchived,
  type VideoFilter,
  type VideoPage,
} from "./store.ts";
import { type CarryTiming, defaultTiming } from "./timing.ts";
import { type Undo, undo } from "./undo.ts";
import { createUpstreamFetch } from "./upstream-fetch.ts";
import { createUpstreamHealth, type UpstreamHealth } from "./upstream-health.ts";
import type { StoredVideo } from "./video-row.ts";
import { maySee, type Viewer } from "./viewer.ts";
import { watchActivity, watchVideo } from "./watch-video.ts";

/** How an engine is set up. */
export interface EngineOptions {
  /** Directory for the embedded database, its lock and the archived files; made if missing. */
  dataDir: string;
  /** The upstream's key and address. Its host may be private in any case. */
  upstream: Omit<UpstreamClientOptions, "fetch">;
  /** Lets result files live on private or loopback addresses. Default: false. */
  allowPrivateAddresses?: boolean;
  /** When to poll a generation. Default: `plainPollSchedule`. */
  schedule?: PollSchedule;
  /** Anything given replaces its default. */
  timing?: Partial<CarryTiming>;
  /** How jobs are leased to this process. Anything given replaces its default, `embeddedLease`. */
  lease?: Partial<LeaseOptions>;
  /** Where the engine says what happens. Default: nowhere. */
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
  /** One video; `null` where there is none, or it is not the viewer's. */
  video(viewer: Viewer, id: string): Promise<StoredVideo | null>;
  /** The videos that the viewer may see and the filter lets through, a page at a time, the newest first unless the page says otherwise. */
  videos(viewer: Viewer, filter: VideoFilter, page: VideoPage): Promise<StoredVideo[]>;
  /** What was asked for, with the images that were given as `data:` URIs. @throws {ApiError} `NOT_FOUND` */
  request(viewer: Viewer, video: StoredVideo): Promise<VideoRequest>;
  /** Now, then every later version; see `watchVideo`. @throws {ApiError} `NOT_FOUND` */
  watchVideo(viewer: Viewer, id: string, afterVersion: number | null): Promise<AsyncIterableIterator<StoredVideo>>;
  /** Each change of any video that the viewer may see, from now on, without replay. */
  watchActivity(viewer: Viewer): AsyncIterableIterator<StoredVideo>;
  /** Name and signature of a video's file: whoever has both may read it, as long as the video exists. */
  fileAddress(videoId: string): { key: string; signature: string };
  /** The file at such an address; see `openVideoFile`. @throws {ApiError} `NOT_FOUND`, `FILE_UNAVAILABLE` */
  openFile(key: string, signature: string): Promise<VideoFile>;
  /** Whether the engine works. Never rejects. */
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

/** Submissions with embedded images at a time: each takes some 150 MB while it is sent. */
const HEAVY_SUBMISSIONS = 4;

/** How long `close` waits for the answer to a POST under way. Longer than nearly all take, shorter than a supervisor's patience. */
const CLOSE_GRACE_MS = 8_000;

/**
 * Opens the database, takes up every unfinished video where it was left, and is ready for new ones.
 *
 * @throws {DatabaseError} such as `DATA_DIR_IN_USE`, when another process has the directory
 * @throws {ArchiveError} when the files cannot be stored
 * @throws {TypeError} when the upstream's key or address cannot be used
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  // Undone in reverse, whether the start fails half way or the engine is closed.
  const started: Undo[] = [];
  try {
    return await start(options, started);
  } catch (error) {
    await undo(started);
    throw error;
  }
}

async function start(options: EngineOptions, started: Undo[]): Promise<Engine> {
  const { dataDir, log = silentLogger, random = Math.random, onStep = () => {} } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const closing = new AbortController();
  const connections = createUpstreamFetch();
  started.push(connections.close);
  const upstream = createUpstreamClient({ ...options.upstream, fetch: connections.fetch });
  const prices = createPriceList(upstream, log);
  // Asked while the database opens, so that the first video already has its price.
  for (const { id } of MODELS) void prices.refresh(id);

  const db = await openPglite<EngineSchema>({
    dataDir: join(dataDir, "database"),
    migrations,
    ...(options.onStopped === undefined ? {} : { onStopped: options.onStopped }),
  });
  started.push(db.close);
  const archive = await openDiskArchive({ directory: join(dataDir, "files"), leftoverAgeMs: 0 });
  const bus = createLocalEventBus();
  started.push(bus.close);
  const lease = { ...embeddedLease, ...options.lease };
  const queue = await openQueue(db, lease, log);
  started.push(queue.close);
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
  const health = createUpstreamHealth();
  const context: CarryContext = {
    db,
    upstream,
    bus,
    schedule: options.schedule ?? plainPollSchedule,
    timing,
    submissions: createSubmissionFinder(upstream, closing.signal),
    heavy: pLimit(HEAVY_SUBMISSIONS),
    health,
    log,
    random,
    onStep,
  };

  await takeUpWhatWasLeft(db, queue);
  const loop = startCarryLoop(queue, lease, log, (job) => carryVideo(context, archiveVideo, job));
  started.push(() => loop.close(CLOSE_GRACE_MS));
  await queue.workArchive(async (videoId) => {
    const video = await loadVideo(db.kysely, videoId);
    if (video !== null && video.archivedAt === null) await archiveVideo.archiveAgain(video);
  });
  const background = Promise.all([
    restoreJobs(db, queue, log, closing.signal),
    checkAccount(upstream, health, log, closing.signal),
  ]);
  started.push(() => background);
  started.push(async () => closing.abort());

  const readVersions = createSharedVersions(db.kysely);
  const watching = { db, bus, readVersions, sweepMs: timing.sweepMs, closing: closing.signal };
  const creating = { db, queue, bus, estimateUsd: prices.estimateUsd };
  let closed: Promise<void> | null = null;

  return {
    async createVideo(viewer, input) {
      const created = await createVideo(creating, viewer, input);
      log.info({ videoId: created.video.id, reused: created.reused }, "video created");
      return created;
    },
    async cancelVideo(viewer, id) {
      const canceled = await cancelVideo({ db, bus }, viewer, id);
      log.info({ videoId: id, upstreamMayStillCharge: canceled.upstreamMayStillCharge }, "video canceled");
      return canceled;
    },
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
    close: () => (closed ??= undo(started)),
  };
}
