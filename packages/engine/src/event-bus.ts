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

/** Carries notices to every node that has somebody to hear them. */
export interface EventBus {
  publish(notice: VideoNotice): void;
  /** Hears of one video. Returns the function that ends it. */
  onVideo(videoId: string, listener: (notice: VideoNotice) => void): () => void;
  /** Hears of every video. Returns the function that ends it. */
  onAny(listener: (notice: VideoNotice) => void): () => void;
  close(): Promise<void>;
}

/** The bus of a single node. */
export function createLocalEventBus(): EventBus {
  const byVideo = new Map<string, Set<(notice: VideoNotice) => void>>();
  const any = new Set<(notice: VideoNotice) => void>();
  return {
    publish(notice) {
      for (const listener of byVideo.get(notice.videoId) ?? []) listener(notice);
      for (const listener of any) listener(notice);
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
