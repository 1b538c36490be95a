"use client";

import type {
  CanceledVideo,
  Connection,
  CreateVideoInput,
  ReelwireError,
  Video,
  VideoError,
  VideoProgress,
  VideoStatus,
} from "@reelwire/core/client";
import { useEffect, useMemo, useReducer, useState } from "react";
import { createVideoState, IDLE } from "./create-video-state.ts";
import { creationCalls, NO_CREATION } from "./creation.ts";
import { useReelwire } from "./reelwire-provider.tsx";

/** What to make videos with. */
export interface UseCreateVideoOptions {
  /** A client, or a connection, in place of the provider's. */
  client?: Connection | undefined;
  /**
   * Under which the video is remembered in this browser, so that it is found again after a reload: any text that is the
   * same then, and another for each place of the app. Default: it is not remembered.
   */
  resumeKey?: string | undefined;
}

/** A video that is made, and what can be done with it. The functions stay the same from render to render. */
export interface CreateVideo {
  /**
   * Asks for a video, which is then watched to its end. Never rejects. The same input again, after an error, goes with the same
   * idempotency key: what was accepted and not answered is not paid for twice.
   *
   * @returns the video, as soon as the gateway has saved it, or `null` where it could not be made: `error` says why. While
   *   one is under way, the same promise as for that, and nothing is sent
   */
  createVideo(input: CreateVideoInput): Promise<Video | null>;
  /** As it was last told; `null` until the gateway has saved it. */
  video: Video | null;
  status: VideoStatus | null;
  /** An estimate. */
  progress: VideoProgress | null;
  /** Why it could not be made or watched, or why the video failed. */
  error: ReelwireError | VideoError | null;
  /** From the call to the final version. */
  isPending: boolean;
  /**
   * Ends the video that is under way, which unmounting does not. Never rejects.
   *
   * @returns whether it may be charged all the same; `null` where nothing is under way, or it could not be canceled:
   *   `error` says why
   */
  cancel(): Promise<CanceledVideo | null>;
  /** Forgets the video, which goes on. */
  reset(): void;
}

/** Makes one video at a time, and watches it. */
export function useCreateVideo({ client, resumeKey }: UseCreateVideoOptions = {}): CreateVideo {
  const connection = useReelwire(client);
  const [{ video, error, isPending }, dispatch] = useReducer(createVideoState, IDLE);
  const [creation] = useState(() => ({ ...NO_CREATION }));
  const calls = useMemo(
    () => creationCalls(connection, resumeKey, creation, dispatch),
    [connection, resumeKey, creation],
  );
  const { createVideo, cancel, reset, mount, watch } = calls;
  const watchedId = isPending && video !== null ? video.id : null;
  useEffect(() => mount(), [mount]);
  useEffect(() => (watchedId === null ? undefined : watch(watchedId)), [watch, watchedId]);
  return {
    createVideo,
    video,
    status: video?.status ?? null,
    progress: video?.progress ?? null,
    error: error ?? video?.error ?? null,
    isPending,
    cancel,
    reset,
  };
}
