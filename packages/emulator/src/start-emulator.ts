import { openClipSource } from "./clip/clip-source.ts";
import { type Emulator, RunningEmulator } from "./emulator.ts";
import { type CompleteOptions, completeOptions, type EmulatorOptions } from "./emulator-options.ts";
import { endpoints } from "./endpoints.ts";
import { Events } from "./events.ts";
import { FaultQueue } from "./faults.ts";
import { FrameFetcher } from "./frames.ts";
import { Generations } from "./generations.ts";
import { Ledger } from "./ledger.ts";
import { Listener } from "./listener.ts";
import { toCredits } from "./price.ts";
import { RecordedRequests } from "./recorded-requests.ts";
import { RequestLog } from "./request-log.ts";
import { restoreState } from "./restore-state.ts";
import { buildServer } from "./server.ts";
import { catchUp, clockAtBeginning, State } from "./state.ts";
import { noStateFile, openStateFile, type StateFile } from "./state-file.ts";
import type { Upstream } from "./upstream.ts";

/**
 * Starts an emulator and resolves once it listens.
 *
 * Throws an `EmulatorError`: `INVALID_OPTIONS`, `INVALID_FAULT`, `CANNOT_LISTEN`, one of `STATE_FILE_…`, or
 * `CLIPS_UNAVAILABLE` if the optional dependency that encodes video is missing and `clip` is not one's own.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const complete = completeOptions(options);
  const file = complete.stateFile === undefined ? noStateFile : openStateFile(complete.stateFile);
  try {
    return await start(complete, file);
  } catch (error) {
    file.close();
    throw error;
  }
}

async function start(complete: CompleteOptions, file: StateFile): Promise<Emulator> {
  const { seed, apiKey, publicUrl, clock: clockOption } = complete;
  const clips = await openClipSource(complete.clip, complete.cacheDir, complete.clipMemoryBytes);
  const clock = clockAtBeginning(file, clockOption);
  const state = new State(file, clock);
  const events = new Events();
  const faults = new FaultQueue(events, complete.faults, seed);
  const [opened] = file.records;
  const openingCredits = opened?.type === "opened" ? opened.credits : toCredits(complete.balanceUsd);
  const ledger = new Ledger(openingCredits, clock.now());
  const log = new RequestLog();
  const frames = new FrameFetcher();
  const generations = new Generations({ ...complete, clock, events, ledger, log, faults, state, clips, frames });
  const upstream: Upstream = {
    clock,
    events,
    faults,
    requests: new RecordedRequests(endpoints, events),
    ledger,
    log,
    generations,
    state,
    keys: new Set([apiKey].flat()),
    logDelayMs: complete.logDelayMs,
    logCallsPerMinute: complete.logCallsPerMinute,
    logCalls: [],
    markerUses: new Map(),
    publicUrl: () => publicUrl?.replace(/\/+$/, "") ?? listener.url,
  };
  const close = async () => {
    // First, so that the ends of what is given up here are not taken for what happened.
    file.close();
    clock.stop();
    faults.clear();
    events.close();
    frames.close();
    await clips.close();
  };
  let listener: Listener;
  try {
    const lastPort = restoreState(upstream, file);
    catchUp(clock, file, clockOption);
    if (opened === undefined) state.record({ type: "opened", credits: openingCredits });
    clock.onMoved = () => state.record({ type: "clock" });
    generations.resume();
    listener = new Listener((down) => buildServer(upstream, down), complete.host, complete.port, lastPort);
    await listener.up();
    state.record({ type: "listening", port: listener.port });
  } catch (error) {
    await close();
    throw error;
  }
  return new RunningEmulator(upstream, listener, close);
}
