import type { Owner } from "./viewer.ts";

/**
 * Something happened to a video. It only wakes: whoever hears it reads the database, and whoever misses it is woken by
 * a slow sweep (invariant 8).
 */
export interface VideoNotice {
  videoId: string;
  owner: Owner;
  version: number;
  /** When the upstream was last asked; newer than what is stored where a poll changed nothing. Milliseconds since 1970. */
  lastCheckedAt: number | null;
}

/** What somebody does about notices. */
export interface NoticeListener {
  heard(notice: VideoNotice): void;
  /** Notices may have been lost: what is to be known must be read again. */
  missed(): void;
}

/** Carries notices to every node that has somebody to hear them. */
export interface EventBus {
  publish(notice: VideoNotice): void;
  /** Hears of one video. Returns the function that ends it. */
  onVideo(videoId: string, listener: NoticeListener): () => void;
  /** Hears of every video. Returns the function that ends it. */
  onAny(listener: NoticeListener): () => void;
  close(): Promise<void>;
}

/** The bus of a single node, and of the listeners on each of many. */
export interface LocalEventBus extends EventBus {
  /** Tells every listener that notices may have been lost. */
  miss(): void;
}

export function createLocalEventBus(): LocalEventBus {
  const byVideo = new Map<string, Set<NoticeListener>>();
  const any = new Set<NoticeListener>();
  return {
    publish(notice) {
      for (const listener of byVideo.get(notice.videoId) ?? []) listener.heard(notice);
      for (const listener of any) listener.heard(notice);
    },
    miss() {
      for (const listeners of byVideo.values()) for (const listener of listeners) listener.missed();
      for (const listener of any) listener.missed();
    },
    onVideo(videoId, listener) {
      const listeners = byVideo.get(videoId) ?? new Set();
      byVideo.set(videoId, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && byVideo.get(videoId) === listeners) byVideo.delete(videoId);
      };
    },
    onAny(listener) {
      any.add(listener);
      return () => any.delete(listener);
    },
    async close() {
      byVideo.clear();
      any.clear();
    },
  };
}
