import type { AspectRatio, CreateVideoInput, PersonGeneration, Resolution } from "@reelwire/react";

/** A picture that a video begins or ends with. */
export interface Frame {
  /** As `createVideo` takes it: an http(s) address, or a data URI. */
  readonly url: string;
  /** In pixels; `null` where the picture could not be looked at. */
  readonly width: number | null;
  readonly height: number | null;
  /** When the address ends, unless a video is made with it before: ISO 8601; `null`: not known to. */
  readonly expiresAt: string | null;
}

/** What is to be made, as the form has it. */
export interface Draft {
  readonly prompt: string;
  /** `null`: the default one. */
  readonly model: string | null;
  readonly firstFrame: Frame | null;
  readonly lastFrame: Frame | null;
  /** `null`: the upstream chooses. */
  readonly aspectRatio: AspectRatio | null;
  readonly resolution: Resolution;
  readonly durationSeconds: number;
  readonly generateAudio: boolean;
  readonly personGeneration: PersonGeneration;
  readonly externalId: string;
  /** In US dollars, as written. */
  readonly maxUsd: string;
}

export const EMPTY_DRAFT: Draft = {
  prompt: "",
  model: null,
  firstFrame: null,
  lastFrame: null,
  aspectRatio: null,
  resolution: "P720",
  durationSeconds: 8,
  generateAudio: true,
  personGeneration: "ALLOW_ADULT",
  externalId: "",
  maxUsd: "",
};

/** What `createVideo` is to be asked for; what was left empty is left out. */
export function toInput(draft: Draft): CreateVideoInput {
  const externalId = draft.externalId.trim();
  const maxUsd = parseUsd(draft.maxUsd);
  return {
    prompt: draft.prompt,
    resolution: draft.resolution,
    durationSeconds: draft.durationSeconds,
    generateAudio: draft.generateAudio,
    personGeneration: draft.personGeneration,
    ...(draft.model !== null && { model: draft.model }),
    ...(draft.aspectRatio !== null && { aspectRatio: draft.aspectRatio }),
    ...(draft.firstFrame !== null && { imageUrl: draft.firstFrame.url }),
    ...(draft.lastFrame !== null && { lastImageUrl: draft.lastFrame.url }),
    ...(externalId !== "" && { externalId }),
    ...(maxUsd !== null && { maxUsd }),
  };
}

/** An amount as people write it, as `1.50`, `$2` or `0,40`; `null` where nothing is written, `NaN` where it is none. */
export function parseUsd(written: string): number | null {
  const amount = written
    .trim()
    .replace(/^\$\s*/, "")
    .replace(",", ".");
  if (amount === "") return null;
  return /^(?:\d+\.?\d*|\.\d+)$/.test(amount) ? Number(amount) : Number.NaN;
}
