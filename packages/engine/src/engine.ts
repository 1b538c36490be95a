import { join } from "node:path";
import { ApiError, estimateProgress, isFinal, MODELS } from "@reelwire/core";
import { createUpstreamClient, UPSTREAM_BASE_URL } from "@reelwire/core/upstream";
import pLimit from "p-limit";
import { createAccess } from "./access/create-access.ts";
import { type FilesOptions, openArchive } from "./archive/open-archive.ts";
import { signFilePath } from "./archive/signed-url.ts";
import { storeName } from "./archive/store-name.ts";
import { archiveKey, createArchiveVideo } from "./archive-video.ts";
import { cancelVideo } from "./cancel-video.ts";
import type { CarryContext } from "./carry-context.ts";
import { type CarryLoop, startCarryLoop } from "./carry-loop.ts";
import { carryVideo } from "./carry-video.ts";
import { checkAccount } from "./check-account.ts";
import { claimJobs } from "./claim-jobs.ts";
import { createVideo } from "./create-video.ts";
import { throughAnyOutage, throughOutage } from "./database-outage.ts";
import { wholeRequest } from "./embedded-images.ts";
import type { Engine, EngineOptions } from "./engine-options.ts";
import { createSubmissionFinder } from "./find-submissions.ts";
import { createGenerationTimes } from "./generation-times.ts";
import { createResolver } from "./guarded-fetch/resolve-name.ts";
import { hostAndPort } from "./guarded-fetch.ts";
import { silentLogger } from "./logger.ts";
import { joinNodes } from "./node-membership.ts";
import { openDatabase } from "./open-database.ts";
import { openVideoFile } from "./open-video-file.ts";
import { createPriceList } from "./price-list.ts";
import { openQueue } from "./queue.ts";
import { NO_CREATION_LIMITS } from "./rates/creation-limits.ts";
import { restoreJobs, takeBackOrphans } from "./restore-jobs.ts";
import { sharedSecret } from "./shared-secret.ts";
import { createSharedVersions } from "./shared-versions.ts";
import { listBudgets, removeBudget, setBudget } from "./spending/budgets.ts";
import { reconcileCharges } from "./spending/reconcile-charges.ts";
import { usage } from "./spending/usage.ts";
import { countNodes, countUnfinished, findVideo, listVideos, loadVideo, saveArchived } from "./store.ts";
import { defaultTiming } from "./timing.ts";
import { type Undo, undo } from "./undo.ts";
import { sweepUploads } from "./uploads/sweep-uploads.ts";
import { createUploads } from "./uploads/uploads.ts";
import { createUpstreamFetch } from "./upstream-fetch.ts";
import { createUpstreamGate } from "./upstream-gate.ts";
import { createUpstreamHealth } from "./upstream-health.ts";
import { NO_LIMITS } from "./upstream-limits.ts";
import { maySee } from "./viewer.ts";
import { watchActivity, watchVideo } from "./watch-video.ts";
import { claimDeliveries } from "./webhooks/claim-deliveries.ts";
import { createWebhooks } from "./webhooks/create-webhooks.ts";
import { createDeliver } from "./webhooks/deliver.ts";
import { type DeliveryLoop, startDeliveryLoop } from "./webhooks/delivery-loop.ts";
import { plainDescription } from "./webhooks/plain-description.ts";
import { checkReceiver, type ReceiverNetwork } from "./webhooks/receiver-address.ts";
import { sweepDeliveries } from "./webhooks/sweep-deliveries.ts";

/** Submissions with images in them at a time: each takes some 150 MB while it is sent. */
const HEAVY_SUBMISSIONS = 4;

/** How long a count of the unfinished videos is good for all who ask, in milliseconds: it reads as many rows as there are. */
const COUNT_HOLDS_MS = 1_000;

/** How long `close` waits for the answer to a POST under way. Longer than nearly all take, shorter than a supervisor's patience. */
const CLOSE_GRACE_MS = 8_000;

/**
 * Opens the database, takes up every unfinished video where it was left, and is ready for new ones.
 *
 * @throws {DatabaseError} such as `DATA_DIR_IN_USE`, when another process has the directory
 * @throws {AccessError} `NO_API_KEY` when nobody would be asked who they are, and that must not be
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
  const { log = silentLogger, random = Math.random, onStep = () => {} } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const closing = new AbortController();
  const connections = createUpstreamFetch();
  started.push(connections.close);
  const upstream = createUpstreamClient({ ...options.upstream, fetch: connections.fetch });
  const prices = createPriceList(upstream, log, closing.signal);
  // Asked while the database opens, so that the first video already has its price.
  for (const { id } of MODELS) void prices.refresh(id);

  const files = options.files ?? filesIn(options);
  const { db, bus, listen, ...defaults } = await openDatabase(options, log);
  started.push(db.close);
  started.push(bus.close);
  // Before anything is carried, or heard of by other nodes: it may refuse to start.
  const { access, close: closeAccess } = await createAccess({
    ...{ db, listen, log, fetch: connections.fetch, closing: closing.signal },
    options: options.access,
  });
  started.push(closeAccess);
  // Not before: whoever has the database may clear away what is left over in an embedded one's files.
  const archive = await openArchive(files);
  const lease = { ...defaults.lease, ...options.lease };
  const carries = options.carries ?? true;
  const queue = await openQueue(db, log);
  started.push(queue.close);
  const gate = createUpstreamGate(options.limits ?? NO_LIMITS, db.kind === "pglite");
  started.push(async () => gate.close());
  const node = await joinNodes({
    db,
    lease,
    carries,
    files: await storeName(files),
    upstream: options.upstream.baseUrl ?? UPSTREAM_BASE_URL,
    onHeartbeat: gate.agree,
    takeBackOrphans: ({ executor }) => takeBackOrphans(queue, executor),
    log,
  });
  started.push(node.close);
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
  const { publicUrl = () => null } = options;
  const uploads = createUploads({
    ...{ db, archive, secret, publicUrl, closing: closing.signal },
    keptMs: timing.uploadKeptMs,
  });
  const health = createUpstreamHealth();
  const times = createGenerationTimes(db.kysely, log, options.typicalGenerationMs);
  let deliveries: DeliveryLoop | null = null;
  const network: ReceiverNetwork = {
    allowPrivateAddresses: options.allowPrivateAddresses ?? false,
    resolve: options.resolveReceiver ?? createResolver(options.allowPrivateAddresses ?? false),
  };
  const tell: CarryContext["tell"] = async (told) => {
    if (told.length === 0) return;
    try {
      await queue.deliveries.send(told);
      deliveries?.wake();
    } catch (error) {
      log.warn({ err: error }, "deliveries got no job, and wait to be found");
    }
  };
  const context: CarryContext = {
    db,
    tell,
    upstream,
    bus,
    gate,
    scheduleOf: (request) => options.schedule ?? times.schedule(request),
    timing,
    submissions: createSubmissionFinder(upstream, closing.signal),
    uploads,
    heavy: pLimit(HEAVY_SUBMISSIONS),
    health,
    log,
    random,
    onStep,
  };

  let loop: CarryLoop | null = null;
  started.push(() => Promise.all([loop?.close(CLOSE_GRACE_MS), deliveries?.close(CLOSE_GRACE_MS)]));
  if (carries) {
    loop = startCarryLoop({
      queue,
      node,
      maxActive: lease.maxActive,
      claim: (nodeId, limit, onlyFirst) => claimJobs({ db, queue }, nodeId, limit, onlyFirst),
      line: gate.submissions,
      carry: (job, video) => carryVideo(context, archiveVideo, job, video),
      log,
    });
    // A video that any node accepted.
    bus.onAny({ heard: ({ version }) => version === 1 && queue.wake(), missed: () => loop?.doubt() });
    await queue.workArchive(async (videoId) => {
      const video = await loadVideo(db.kysely, videoId);
      if (video !== null && video.archivedAt === null) await archiveVideo.archiveAgain(video);
    });
  }
  // Last of all: nothing of what follows fails, and what it sends may wait until this has started.
  if (options.delivers ?? carries) {
    deliveries = startDeliveryLoop({
      queue: queue.deliveries,
      node,
      claim: (...what) => claimDeliveries({ db, queue: queue.deliveries }, ...what),
      deliver: createDeliver({
        ...{ db, network, timing, random, log },
        queue: queue.deliveries,
        describeVideo: options.describeVideo ?? plainDescription,
      }),
      log,
    });
  }
  const background = Promise.all([
    ...(carries
      ? [
          restoreJobs(db, queue, log, closing.signal),
          reconcileCharges({ db, upstream, timing, log }, closing.signal),
          sweepUploads({ db, archive, everyMs: timing.uploadSweepMs, log }, closing.signal),
          sweepDeliveries(
            {
              ...{ db, queue: queue.deliveries, everyMs: timing.sweepMs, keptMs: timing.webhookKeptMs, log },
              wake: () => deliveries?.wake(),
            },
            closing.signal,
          ),
        ]
      : []),
    checkAccount(upstream, health, log, closing.signal),
  ]);
  started.push(() => background);
  started.push(async () => closing.abort());

  const { signal } = closing;
  const readShared = createSharedVersions(db.kysely);
  const readVersions: typeof readShared = (...question) => throughAnyOutage(() => readShared(...question), signal);
  const watching = { db, bus, readVersions, sweepMs: timing.sweepMs, closing: signal };
  const creating = {
    ...{ db, queue, bus, estimateUsd: prices.estimateUsd, quote: prices.quote, closing: signal },
    limits: options.creationLimits ?? NO_CREATION_LIMITS,
    uploads,
    checkCallback: (url: string) => checkReceiver(network, url, "callbackUrl"),
    tell,
  };
  const count = sharedFor(COUNT_HOLDS_MS, async () => ({
    unfinished: await countUnfinished(db.kysely),
    nodes: await countNodes(db.kysely),
  }));
  let closed: Promise<void> | null = null;

  return {
    async createVideo(viewer, input) {
      const created = await createVideo(creating, viewer, input);
      log.info({ videoId: created.video.id, reused: created.reused }, "video created");
      return created;
    },
    async cancelVideo(viewer, id) {
      const canceled = await throughOutage(() => cancelVideo({ db, bus, tell }, viewer, id), signal);
      log.info({ videoId: id, upstreamMayStillCharge: canceled.upstreamMayStillCharge }, "video canceled");
      return canceled;
    },
    video: (viewer, id) => throughOutage(() => findVideo(db.kysely, viewer, id), signal),
    videos: (viewer, filter, page) => throughOutage(() => listVideos(db.kysely, viewer, filter, page), signal),
    async request(viewer, video) {
      if (!maySee(viewer, video)) throw new ApiError("NOT_FOUND");
      return await throughOutage(() => wholeRequest(db.kysely, video), signal);
    },
    watchVideo: (viewer, id, afterVersion) =>
      throughOutage(() => watchVideo(watching, viewer, id, afterVersion), signal),
    watchActivity: (viewer) => watchActivity(watching, viewer),
    async progress(video) {
      const now = new Date();
      if (isFinal(video.status)) return estimateProgress(video, now);
      const knownAt = video.submittedAt ?? now;
      return estimateProgress(video, now, await throughOutage(() => times.knownAt(video.request, knownAt), signal));
    },
    quote: prices.quote,
    access,
    budgets: (project) => throughOutage(() => listBudgets(db.kysely, project), signal),
    async setBudget(project, input) {
      const budget = await throughOutage(() => setBudget(db, project, input), signal);
      log.info({ project, ...budget }, "budget set");
      return budget;
    },
    async removeBudget(project, id) {
      const budget = await throughOutage(() => removeBudget(db, project, id), signal);
      log.info({ project, budget: id }, "budget removed");
      return budget;
    },
    usage: (viewer, query) => throughOutage(() => usage(db.kysely, viewer, query), signal),
    fileAddress(videoId) {
      const key = archiveKey(videoId);
      return { key, signature: signFilePath(secret, key) };
    },
    openFile: (key, signature) =>
      throughOutage(() => openVideoFile({ db, archive, archiveVideo, secret }, key, signature), signal),
    async upload(viewer, source) {
      const { path, ...upload } = await uploads.receive(viewer, source);
      log.info(upload, "image uploaded");
      return { path, ...upload };
    },
    openUpload: uploads.open,
    webhooks: createWebhooks({
      ...{ db, network, log, closing: signal },
      queue: queue.deliveries,
      wake: () => deliveries?.wake(),
    }),
    async health() {
      const counted = await count().catch(() => null);
      return {
        database: counted === null ? "failed" : "ok",
        upstream: health.read(),
        active: loop?.active() ?? 0,
        unfinished: counted?.unfinished ?? {},
        nodes: counted?.nodes ?? { live: 0, carrying: 0 },
      };
    },
    nodeId: () => node.current().nodeId,
    close: () => (closed ??= undo(started)),
  };
}

/** Reads once for all who ask within `ms` milliseconds. */
function sharedFor<Result>(ms: number, read: () => Promise<Result>): () => Promise<Result> {
  let reading: { at: number; result: Promise<Result> } | null = null;
  return () => {
    if (reading === null || performance.now() - reading.at >= ms) reading = { at: performance.now(), result: read() };
    return reading.result;
  };
}

function filesIn({ dataDir, databaseUrl }: EngineOptions): FilesOptions {
  const directory = join(dataDir, "files");
  // Nobody else has an embedded database's files, so what a crash left can be cleared away at once.
  return databaseUrl === undefined ? { kind: "disk", directory, leftoverAgeMs: 0 } : { kind: "disk", directory };
}
