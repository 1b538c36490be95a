import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CreateVideoInput, isFinal, parseCreateVideoInput, type VideoStatus } from "@reelwire/core";
import { type Emulator, type EmulatorOptions, startEmulator } from "@reelwire/emulator";
import {
  BUILT_IN_VIEWER,
  type Engine,
  type EngineOptions,
  type StoredVideo,
  startEngine,
  type Viewer,
} from "../src/index.ts";
import { postgresUrl } from "./database/postgres-url.ts";
import { type DatabaseKind, databaseTemplate } from "./database/temporary-database.ts";
import { quickSchedule, quickTiming } from "./quick-timing.ts";

/** An engine on a real directory, and the emulator as its upstream. */
export interface TestEngine extends AsyncDisposable {
  emulator: Emulator;
  engine: Engine;
  dataDir: string;
  /** Where the PostgreSQL database is; `null` for the embedded one. */
  databaseUrl: string | null;
  /** Starts another engine beside it, on the same directory and database: one more node where that is PostgreSQL. */
  open(options?: Partial<EngineOptions>): Promise<Engine>;
  /** Closes the engine and opens another on the same directory. */
  reopen(options?: Partial<EngineOptions>): Promise<void>;
}

/** Starts both; everything is gone when it is disposed of. With a `databaseUrl` among the options, `kind` means nothing. */
export async function startTestEngine(
  engineOptions: Partial<EngineOptions> = {},
  emulatorOptions: EmulatorOptions = {},
  kind: DatabaseKind = "pglite",
): Promise<TestEngine> {
  const emulator = await startEmulator({
    clip: "cached",
    durationMs: 200,
    logDelayMs: 0,
    chargeDelayMs: 0,
    ...emulatorOptions,
  });
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-engine-"));
  const databaseUrl = engineOptions.databaseUrl ?? (kind === "postgres" ? await postgresUrl() : null);
  if (databaseUrl === null) await cp(await databaseTemplate(), join(dataDir, "database"), { recursive: true });
  const opened: Engine[] = [];
  const open = async (options: Partial<EngineOptions>) => {
    const engine = await startEngine({
      dataDir,
      ...(databaseUrl === null ? {} : { databaseUrl }),
      upstream: { apiKey: emulator.apiKey, baseUrl: emulator.url, retries: 0 },
      schedule: quickSchedule,
      ...options,
      timing: { ...quickTiming, ...options.timing },
    });
    opened.push(engine);
    return engine;
  };
  const test: TestEngine = {
    emulator,
    engine: await open(engineOptions),
    dataDir,
    databaseUrl,
    open: (options = {}) => open({ ...engineOptions, ...options }),
    async reopen(options = {}) {
      await test.engine.close();
      test.engine = await open({ ...engineOptions, ...options });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((engine) => engine.close()));
      await emulator.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return test;
}

/** Makes a video of the built-in project. */
export async function make(engine: Engine, input: Partial<CreateVideoInput> = {}, viewer: Viewer = BUILT_IN_VIEWER) {
  const created = await engine.createVideo(
    viewer,
    parseCreateVideoInput({ prompt: "a boat", durationSeconds: 4, ...input }),
  );
  return created.video;
}

/** Watches until `matches`, and says what was seen last. Fails when the stream ends before. */
export async function until(
  engine: Engine,
  id: string,
  matches: (video: StoredVideo) => boolean,
  viewer: Viewer = BUILT_IN_VIEWER,
): Promise<StoredVideo> {
  for await (const video of await engine.watchVideo(viewer, id, null)) if (matches(video)) return video;
  throw new Error("the stream ended before");
}

/** The video once it is final. */
export const finished = (engine: Engine, id: string) => until(engine, id, (video) => isFinal(video.status));

/** Every status a video went through, by version, up to its end. */
export async function history(engine: Engine, id: string): Promise<VideoStatus[]> {
  const statuses: VideoStatus[] = [];
  let version = 0;
  for await (const video of await engine.watchVideo(BUILT_IN_VIEWER, id, 0)) {
    if (video.version !== version) statuses.push(video.status);
    version = video.version;
  }
  return statuses;
}
