import {
  type CanceledVideo,
  type Connection,
  type CreateVideoInput,
  cancelVideo,
  createVideo,
  isFinal,
  newIdempotencyKey,
  type Video,
  watchVideo,
} from "@reelwire/core/client";
import type { CreateVideoEvent } from "./create-video-state.ts";
import { reelwireErrorOf } from "./reelwire-error-of.ts";
import { listen } from "./shared-watch.ts";

/** What a hook that makes a video must know at once, where its state is known at the next render. */
export interface Creation {
  /** The call whose video is not final yet. */
  call: Promise<Video | null> | null;
  /** While the video that is remembered is looked for. */
  search: Promise<Video | null> | null;
  /** Under what it was looked for. */
  searchedFor: string | undefined;
  /** The last input, as text, and its key, as long as no call with it was answered with a video: it may have been accepted. */
  unanswered: { readonly text: string; readonly idempotencyKey: string } | null;
  isMounted: boolean;
}

export const NO_CREATION: Creation = {
  call: null,
  search: null,
  searchedFor: undefined,
  unanswered: null,
  isMounted: false,
};

/** What can be done with a creation. */
export interface CreationCalls {
  createVideo(input: CreateVideoInput): Promise<Video | null>;
  cancel(): Promise<CanceledVideo | null>;
  reset(): void;
  /** The hook is there. Returns how to say that it no longer is. */
  mount(): () => void;
  /** Watches the video of the call that is under way. Returns how to stop. */
  watch(id: string): () => void;
}

/** @param dispatch is told what happens */
export function creationCalls(
  connection: Connection,
  resumeKey: string | undefined,
  creation: Creation,
  dispatch: (event: CreateVideoEvent) => void,
): CreationCalls {
  /** What happened to a call, unless it was forgotten meanwhile. */
  function tell(call: Creation["call"], event: CreateVideoEvent) {
    if (call === null || creation.call !== call) return;
    if (event.type === "failed" || ("video" in event && isFinal(event.video.status))) creation.call = null;
    dispatch(event);
  }

  function begin(submit: () => Promise<Video>): Promise<Video | null> {
    if (creation.call !== null) return creation.call;
    const call = submit().then(
      (video) => {
        tell(call, { type: "accepted", video });
        return video;
      },
      (error) => {
        tell(call, { type: "failed", error: reelwireErrorOf(error) });
        return null;
      },
    );
    creation.call = call;
    dispatch({ type: "submitted" });
    return call;
  }

  /** The same key for the same input, until it was answered: what is sent again by hand is not paid for twice either. */
  function keyed(input: CreateVideoInput): CreateVideoInput & { idempotencyKey: string } {
    const text = JSON.stringify(input);
    if (creation.unanswered?.text !== text) creation.unanswered = { text, idempotencyKey: newIdempotencyKey() };
    return { ...input, idempotencyKey: input.idempotencyKey ?? creation.unanswered.idempotencyKey };
  }

  /** Looks for what is remembered, until that is known. */
  function find(key: string): Creation["search"] {
    if (creation.searchedFor === key) return creation.search;
    if (creation.searchedFor !== undefined) {
      creation.call = null;
      dispatch({ type: "reset" });
    }
    creation.searchedFor = key;
    const isWanted = () => creation.isMounted && creation.search === search;
    const search = remembering()
      .then((part) => part?.findRemembered(connection, key, isWanted, () => dispatch({ type: "submitted" })) ?? null)
      .then(
        (video) => {
          if (creation.search === search && creation.call === null) {
            if (video === null) dispatch({ type: "reset" });
            else begin(async () => video);
          }
          return video;
        },
        (error) => {
          if (creation.search === search) {
            // It is looked for again with another token, or by whoever asks for a video.
            creation.searchedFor = undefined;
            if (creation.call === null) dispatch({ type: "failed", error: reelwireErrorOf(error) });
          }
          throw error;
        },
      )
      .finally(() => {
        if (creation.search === search) creation.search = null;
      });
    search.catch(() => {});
    creation.search = search;
    return search;
  }

  function reset() {
    creation.call = null;
    creation.search = null;
    if (resumeKey !== undefined) void remembering().then((part) => part?.forget(resumeKey));
    dispatch({ type: "reset" });
  }

  return {
    createVideo: (input) =>
      begin(async () => {
        if (resumeKey !== undefined) {
          const found = await find(resumeKey);
          if (found !== null && !isFinal(found.status)) return found;
        }
        const asked = keyed(input);
        const part = resumeKey === undefined ? null : await remembering();
        const video =
          part === null || resumeKey === undefined
            ? (await createVideo(connection, asked)).video
            : await part.createRemembered(connection, resumeKey, asked);
        creation.unanswered = null;
        return video;
      }),
    async cancel() {
      await creation.search?.catch(() => {});
      const { call } = creation;
      const video = await call;
      if (video === null) return null;
      try {
        const canceled = await cancelVideo(connection, video.id);
        tell(call, { type: "told", video: canceled.video });
        return canceled;
      } catch (error) {
        tell(call, { type: "kept", error: reelwireErrorOf(error) });
        return null;
      }
    },
    reset,
    mount() {
      creation.isMounted = true;
      if (resumeKey !== undefined) find(resumeKey);
      return () => {
        creation.isMounted = false;
      };
    },
    watch(id) {
      const { call } = creation;
      return listen(
        connection,
        id,
        (signal) => watchVideo(connection, id, { signal }),
        ({ video, error }) => {
          if (error !== null) tell(call, { type: "failed", error });
          else if (video !== null) tell(call, { type: "told", video });
        },
      );
    },
  };
}

/** Only who gives a `resumeKey` loads it. After a deployment it may be gone: then nothing is remembered. */
function remembering() {
  return import("./remembered-video.ts").catch(() => null);
}
