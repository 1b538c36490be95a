import type { Connection, ReelwireError, Video } from "@reelwire/core/client";
import { reelwireErrorOf } from "./reelwire-error-of.ts";

/** What watching has told so far. */
export interface Watched {
  /** The newest. */
  readonly video: Video | null;
  /** Why the watching ended, unless it was with the final version. */
  readonly error: ReelwireError | null;
}

/** As long as nothing was told. */
export const NOTHING: Watched = { video: null, error: null };

/** Begins to watch. */
export type Begin = (signal: AbortSignal, tell: (watched: Watched) => void) => AsyncIterable<Video>;

interface Watch {
  watched: Watched;
  readonly listeners: Set<(watched: Watched) => void>;
  /** While it goes on. `null` after it failed: whoever comes then begins it again. */
  going: AbortController | null;
}

const watches = new WeakMap<Connection, Map<string, Watch>>();

/** What was told of the watch with this key, by whoever listens to it. */
export function watchedOn(connection: Connection, key: string): Watched {
  return watches.get(connection)?.get(key)?.watched ?? NOTHING;
}

/**
 * Listens to a watch, which all on the same connection who give the same key share: the first begins it, and it ends a
 * tick after the last has left, so that whoever leaves and comes back at once, as under StrictMode, finds it going.
 * What was told before is told at once.
 *
 * @returns how to leave
 */
export function listen(
  connection: Connection,
  key: string,
  begin: Begin,
  listener: (watched: Watched) => void,
): () => void {
  const all = watches.get(connection) ?? new Map<string, Watch>();
  const watch = all.get(key) ?? { watched: NOTHING, listeners: new Set(), going: null };
  const { listeners } = watch;
  watches.set(connection, all.set(key, watch));
  listeners.add(listener);
  if (watch.going === null) follow(watch, begin);
  if (watch.watched !== NOTHING) listener(watch.watched);
  return () => {
    listeners.delete(listener);
    setTimeout(() => {
      if (listeners.size > 0 || all.get(key) !== watch) return;
      all.delete(key);
      watch.going?.abort();
    });
  };
}

async function follow(watch: Watch, begin: Begin): Promise<void> {
  const going = new AbortController();
  const tell = (watched: Watched) => {
    if (going.signal.aborted) return;
    watch.watched = watched;
    for (const listener of watch.listeners) listener(watched);
  };
  watch.going = going;
  watch.watched = NOTHING;
  try {
    for await (const video of begin(going.signal, tell)) tell({ video, error: null });
  } catch (error) {
    watch.going = null;
    tell({ video: watch.watched.video, error: reelwireErrorOf(error) });
  }
}
