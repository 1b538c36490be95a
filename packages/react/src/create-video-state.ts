import { isFinal, type ReelwireError, type Video } from "@reelwire/core/client";

/** Where a hook that makes a video stands. */
export interface CreateVideoState {
  /** The newest version, once the gateway has accepted it. */
  readonly video: Video | null;
  /** Why the call, or the watching, failed. */
  readonly error: ReelwireError | null;
  /** From the call to the final version, or to what failed. */
  readonly isPending: boolean;
}

/**
 * What happens to it. `submitted`: it was asked for, or is looked for. `accepted`: the gateway has it. `told`: a version, by
 * watching or canceling. `failed`: it was refused, or is watched no more. `kept`: it could not be canceled.
 */
export type CreateVideoEvent =
  | { readonly type: "submitted" | "reset" }
  | { readonly type: "accepted" | "told"; readonly video: Video }
  | { readonly type: "failed" | "kept"; readonly error: ReelwireError };

export const IDLE: CreateVideoState = { video: null, error: null, isPending: false };

/** The state after an event. What comes too late, or is of another video, changes nothing: the same state is returned. */
export function createVideoState(state: CreateVideoState, event: CreateVideoEvent): CreateVideoState {
  const { video, isPending } = state;
  switch (event.type) {
    case "reset":
      return IDLE;
    case "submitted":
      return { ...IDLE, isPending: true };
    case "accepted":
      return { video: event.video, error: null, isPending: !isFinal(event.video.status) };
    case "told":
      if (!isPending || event.video.id !== video?.id || event.video.version < video.version) return state;
      return isFinal(event.video.status)
        ? { video: event.video, error: null, isPending: false }
        : { ...state, video: event.video };
    case "failed":
      return { video, error: event.error, isPending: false };
    case "kept":
      return isPending ? { ...state, error: event.error } : state;
  }
}
