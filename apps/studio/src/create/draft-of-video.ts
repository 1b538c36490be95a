import { type CallOptions, type Connection, sendOperation, type Video } from "@reelwire/react";
import { type Draft, EMPTY_DRAFT, type Frame } from "./draft.ts";

type Asked = Pick<
  Video,
  "prompt" | "model" | "aspectRatio" | "resolution" | "durationSeconds" | "generateAudio" | "personGeneration"
> & { imageUrl: string | null; lastImageUrl: string | null };

// With its frames, which the client leaves out of a video, since each may be many megabytes.
const WHAT_WAS_ASKED = `query WhatWasAsked($id: ID!) {
  video(id: $id) {
    prompt model imageUrl lastImageUrl aspectRatio resolution durationSeconds generateAudio personGeneration
  }
}`;

/** A draft that asks for what a video was made of; `null` where there is no such video. Its external id stays with it alone. */
export async function draftOfVideo(connection: Connection, id: string, options?: CallOptions): Promise<Draft | null> {
  const { video } = await sendOperation<{ video: Asked | null }, { id: string }>(
    connection,
    WHAT_WAS_ASKED,
    { id },
    options,
  );
  if (video === null) return null;
  const { imageUrl, lastImageUrl, ...asked } = video;
  return {
    ...EMPTY_DRAFT,
    ...asked,
    aspectRatio: asked.aspectRatio ?? null,
    firstFrame: toFrame(imageUrl),
    lastFrame: toFrame(lastImageUrl),
  };
}

function toFrame(url: string | null): Frame | null {
  return url === null ? null : { url, width: null, height: null, expiresAt: null };
}
