import type { AcceptedInput, PollSchedule, Progress, Quote, VideoRequest, VideoStatus } from "@reelwire/core";
import type { UpstreamClientOptions } from "@reelwire/core/upstream";
import type { Access, AccessOptions } from "./access/access.ts";
import type { FilesOptions } from "./archive/open-archive.ts";
import type { CanceledVideo } from "./cancel-video.ts";
import type { CarryStep } from "./carry-context.ts";
import type { CreatedVideo } from "./create-video.ts";
import type { DatabaseError } from "./database/database-error.ts";
import type { ResolveName } from "./guarded-fetch/guarded-lookup.ts";
import type { Logger } from "./logger.ts";
import type { LeaseOptions } from "./node-membership.ts";
import type { VideoFile } from "./open-video-file.ts";
import type { CreationLimits } from "./rates/creation-limits.ts";
import type { Budget, NewBudget, Usage, UsageQuery } from "./spending/spending.ts";
import type { VideoFilter, VideoPage } from "./store.ts";
import type { CarryTiming } from "./timing.ts";
import type { Upload, UploadFile } from "./uploads/uploads.ts";
import type { UpstreamHealth } from "./upstream-health.ts";
import type { UpstreamLimits } from "./upstream-limits.ts";
import type { StoredVideo } from "./video-row.ts";
import type { Viewer } from "./viewer.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

/** How an engine is set up. */
export interface EngineOptions {
  /** Directory for the embedded database, its lock and the archived files, as far as they are not elsewhere; made if missing. */
  dataDir: string;
  /** A PostgreSQL server, which any number of nodes may share. Default: the embedded database, which has one node. */
  databaseUrl?: string;
  /** Connections to that server for queries; four more serve heartbeats and notifications. Default: 10. */
  databaseConnections?: number;
  /** Where finished files are kept. Nodes that share a database must share this too. Default: `dataDir/files`. */
  files?: FilesOptions;
  /** What all nodes together keep to towards the upstream. Default: no limits. */
  limits?: UpstreamLimits;
  /**
   * Where clients reach the gateway that the engine is of, without a slash at its end: the address of an upload there that was never
   * given out is refused, in place of being handed upstream. Default: not known.
   */
  publicUrl?: () => string;
  /** Who is asked who they are. Default: nobody, as long as there are no API keys. */
  access?: AccessOptions;
  /** What `video(id)` answers, which is what receivers of webhooks and callbacks are told. Default: a plain list of what is known of it. */
  describeVideo?: (video: StoredVideo) => Promise<Record<string, unknown>>;
  /** How much one key, or one subject, may make. Default: no limits. */
  creationLimits?: CreationLimits;
  /** Whether this node carries videos. `false`: it only accepts them and tells about them. Default: true. */
  carries?: boolean;
  /** Whether this node sends to webhooks and callbacks, which needs `describeVideo` to tell clients' addresses. Default: as `carries`. */
  delivers?: boolean;
  /** The upstream's key and address. Its host may be private in any case. */
  upstream: Omit<UpstreamClientOptions, "fetch">;
  /** Lets result files, and receivers of webhooks and callbacks, live on private or loopback addresses. Default: false. */
  allowPrivateAddresses?: boolean;
  /** Resolves the names of receivers; what it answers is checked. Default: by DNS. */
  resolveReceiver?: ResolveName;
  /** When to poll a generation. Default: as was learned from those before; see docs/polling.md. */
  schedule?: PollSchedule;
  /** What a generation takes as long as nothing was learned, in milliseconds. Default: `TYPICAL_GENERATION_MS`, a minute. */
  typicalGenerationMs?: number;
  /** Anything given replaces its default. */
  timing?: Partial<CarryTiming>;
  /** How this node shows that it lives. Anything given replaces its default: `sharedLease`, or `embeddedLease`. */
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
  /** See `createVideo`. @throws {ApiError} */
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
  /**
   * An estimate of how far a video is, by what was known when it was submitted: the same on every node, and never running
   * backwards. `null` where it failed or was canceled.
   */
  progress(video: StoredVideo): Promise<Progress | null>;
  /** Who may do what. */
  access: Access;
  /** What a request would cost, as the catalogue says. Waits a moment for a price that is not known yet. */
  quote(request: VideoRequest): Promise<Quote>;
  /** The budgets of a project, with what is used of them. */
  budgets(project: string): Promise<Budget[]>;
  /** Makes a budget, or replaces the one of the same kind, target and period. @throws {ApiError} `BAD_INPUT` */
  setBudget(project: string, budget: NewBudget): Promise<Budget>;
  /** Ends a budget. @throws {ApiError} `NOT_FOUND` */
  removeBudget(project: string, id: string): Promise<Budget>;
  /** What the videos that the viewer may see came to, in groups. @throws {ApiError} `BAD_INPUT` */
  usage(viewer: Viewer, query: UsageQuery): Promise<Usage[]>;
  /** Name and signature of a video's file: whoever has both may read it, as long as the video exists. */
  fileAddress(videoId: string): { key: string; signature: string };
  /** The file at such an address; see `openVideoFile`. @throws {ApiError} `NOT_FOUND`, `FILE_UNAVAILABLE` */
  openFile(key: string, signature: string): Promise<VideoFile>;
  /** Who is told how videos end, and of what became of that. */
  webhooks: Webhooks;
  /** Takes an image that arrives, to make videos from; see `receiveUpload`. @throws {ApiError} */
  upload(viewer: Viewer, source: AsyncIterable<Uint8Array>): Promise<Upload>;
  /** The image at the address of an upload. @throws {ApiError} `NOT_FOUND`, `FILE_UNAVAILABLE` */
  openUpload(id: string, signature: string): Promise<UploadFile>;
  /** Whether the engine works. Never rejects. */
  health(): Promise<EngineHealth>;
  /** As which node this process lives now; another id after others have given it up. */
  nodeId(): string;
  /** Starts nothing new, lets a POST under way be answered, hands all jobs back, closes the database. Safe to call twice. */
  close(): Promise<void>;
}

/** Whether the engine works. */
export interface EngineHealth {
  database: "ok" | "failed";
  upstream: UpstreamHealth;
  /** Videos carried by this process. */
  active: number;
  /** Videos that are not finished, on whatever node, by status. */
  unfinished: Partial<Record<VideoStatus, number>>;
  /** Nodes of this database that live, and how many of them carry videos; this one included. */
  nodes: { live: number; carrying: number };
}
