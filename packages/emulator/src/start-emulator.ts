import { openClipSource } from "./clip/clip-source.ts";
import { AlarmClock } from "./clock.ts";
import { type Emulator, RunningEmulator } from "./emulator.ts";
import { completeOptions, type EmulatorOptions } from "./emulator-options.ts";
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
import { buildServer } from "./server.ts";
import type { Upstream } from "./upstream.ts";

/**
 * Starts an emulator and resolves once it listens.
 *
 * Throws an `EmulatorError`: `INVALID_OPTIONS`, `INVALID_FAULT`, `CANNOT_LISTEN`, or `CLIPS_UNAVAILABLE` if the optional
 * dependency that encodes video is missing and `clip` is not one's own.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const complete = completeOptions(options);
  const { seed, apiKey, publicUrl } = complete;
  const clock = new AlarmClock(complete.clock);
  const events = new Events();
  const faults = new FaultQueue(events, complete.faults, seed);
  const ledger = new Ledger(toCredits(complete.balanceUsd), clock.now());
  const log = new RequestLog();
  const clips = await openClipSource(complete.clip, complete.cacheDir, complete.clipMemoryBytes);
  const frames = new FrameFetcher();
  const generations = new Generations({ ...complete, clock, events, ledger, log, faults, clips, frames });
  const upstream: Upstream = {
    clock,
    events,
    faults,
    requests: new RecordedRequests(endpoints, events),
    ledger,
    log,
    generations,
    keys: new Set([apiKey].flat()),
    logDelayMs: complete.logDelayMs,
    logCallsPerMinute: complete.logCallsPerMinute,
    logCalls: [],
    markerUses: new Map(),
    publicUrl: () => publicUrl?.replace(/\/+$/, "") ?? listener.url,
  };
  const listener = new Listener((goingDown) => buildServer(upstream, goingDown), complete.host, complete.port);
  try {
    await listener.up();
  } catch (error) {
    await clips.close();
    throw error;
  }
  return new RunningEmulator(upstream, listener, async () => {
    clock.stop();
    faults.clear();
    events.close();
    frames.close();
    await clips.close();
  });
}
