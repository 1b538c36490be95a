import { ApiError, isFinal, type VideoState } from "@reelwire/core";
import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import { throughAnyOutage } from "./database-outage.ts";
import type { EventBus } from "./event-bus.ts";
import type { ReadVersions } from "./shared-versions.ts";
import { findVideo } from "./store.ts";
import type { StoredVideo } from "./video-row.ts";
import { maySee, type Viewer } from "./viewer.ts";
import { Wake } from "./wake.ts";

/** What watching needs. */
export interface WatchContext {
  db: EngineDatabase<EngineSchema>;
  bus: EventBus;
  readVersions: ReadVersions;
  /** How often to read the database in case a notice was lost, in milliseconds. */
  sweepMs: number;
  /** Aborts when the engine closes; streams then end without the final version, and are resumed elsewhere. */
  closing: AbortSignal;
}

/**
 * A video as it is now, then every later version in order, none twice, none skipped, ending after the final one
 * (invariant 7). With `afterVersion`: every version after that one. A poll that changed nothing comes as the same version with a
 * newer `lastCheckedAt`. Notices only wake; what is told comes from the database (invariant 8).
 *
 * @throws {ApiError} `NOT_FOUND`, before anything is told
 */
export async function watchVideo(
  context: WatchContext,
  viewer: Viewer,
  id: string,
  afterVersion: number | null,
): Promise<AsyncIterableIterator<StoredVideo>> {
  const wake = new Wake();
  let checkedAt = 0;
  let noticedVersion = 0;
  let missedNotices = false;
  // Listening begins before the first read, so that nothing falls between the two.
  const stopListening = context.bus.onVideo(id, {
    heard(notice) {
      checkedAt = Math.max(checkedAt, notice.lastCheckedAt ?? 0);
      noticedVersion = Math.max(noticedVersion, notice.version);
      wake.wake();
    },
    missed() {
      missedNotices = true;
      wake.wake();
    },
  });
  const found = await findVideo(context.db.kysely, viewer, id).catch((error: unknown) => {
    stopListening();
    throw error;
  });
  if (found === null) {
    stopListening();
    throw new ApiError("NOT_FOUND");
  }
  const video: StoredVideo = found;
  // Whoever shares a reading with this subscriber must have known of this version too.
  noticedVersion = Math.max(noticedVersion, video.version);

  async function* versions(signal: AbortSignal): AsyncGenerator<StoredVideo, void, undefined> {
    // A version from the future, as after a restored backup, is no version of this video.
    const after = afterVersion === null || afterVersion > video.version ? null : afterVersion;
    let version = after ?? video.version - 1;
    let shown: StoredVideo | null = version === video.version ? video : null;
    let missed: readonly VideoState[] =
      after === null ? [video] : await context.readVersions(id, version, noticedVersion);
    while (!signal.aborted) {
      for (const state of missed) {
        shown = { ...video, ...state };
        version = state.version;
        yield shown;
      }
      if (shown !== null && isFinal(shown.status)) return;
      if (missed.length === 0 && shown !== null && checkedAt > (shown.lastCheckedAt?.getTime() ?? 0)) {
        shown = { ...shown, lastCheckedAt: new Date(checkedAt) };
        yield shown;
      }
      // Spread out, so that ten thousand who came together do not sweep together.
      const woken = await wake.sleep(context.sweepMs * (0.75 + Math.random() / 2), signal);
      const nothingNew = signal.aborted || (woken && !missedNotices && noticedVersion <= version);
      missedNotices = false;
      missed = nothingNew ? [] : await context.readVersions(id, version, noticedVersion);
      if (nothingNew || missed.length > 0) continue;
      const now = await throughAnyOutage(() => findVideo(context.db.kysely, viewer, id), signal);
      // The database has gone back to before what was told: whoever comes again is told what is there now.
      if (now === null || now.version < version) return;
    }
  }

  return endingWith(context.closing, stopListening, versions);
}

/**
 * Every change of any video that the viewer may see, from now on. It does not replay: a reader reads `videos` again. It ends
 * where notices may have been lost, since what was missed cannot be known.
 */
export function watchActivity(context: WatchContext, viewer: Viewer): AsyncIterableIterator<StoredVideo> {
  const wake = new Wake();
  const gap = new AbortController();
  const changed = new Set<string>();
  const stopListening = context.bus.onAny({
    heard(notice) {
      if (!maySee(viewer, { id: notice.videoId, owner: notice.owner })) return;
      changed.add(notice.videoId);
      wake.wake();
    },
    missed: () => gap.abort(),
  });

  async function* changes(signal: AbortSignal): AsyncGenerator<StoredVideo, void, undefined> {
    while (!signal.aborted) {
      for (const id of changed) {
        changed.delete(id);
        const video = await throughAnyOutage(() => findVideo(context.db.kysely, viewer, id), signal);
        if (video !== null) yield video;
      }
      if (changed.size === 0) await wake.sleep(context.sweepMs, signal);
    }
  }

  return endingWith(AbortSignal.any([context.closing, gap.signal]), stopListening, changes);
}

/**
 * A generator that can be ended while it waits: `return` on a plain one would not take effect before its next value,
 * and a subscriber who left would be kept until then.
 */
function endingWith<T>(
  closing: AbortSignal,
  onEnd: () => void,
  generate: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterableIterator<T> {
  const left = new AbortController();
  const signal = AbortSignal.any([closing, left.signal]);
  const generator = generate(signal);
  const end = () => {
    onEnd();
    left.abort();
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const result = await generator.next();
        if (result.done === true) end();
        return result;
      } catch (error) {
        const hasEnded = signal.aborted;
        end();
        // Whoever waited through an outage of the database is told of the end, not of what was waited for.
        if (hasEnded) return { done: true, value: undefined };
        throw error;
      }
    },
    async return() {
      end();
      await generator.return();
      return { done: true, value: undefined };
    },
  };
}
