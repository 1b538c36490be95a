import type { CreateBody } from "../create-body.ts";

/** What a clip shows and how it is shaped. The same request always gives the same file. */
export interface ClipRequest {
  readonly prompt: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly seconds: number;
  /** Whether it has a sound track. */
  readonly sound: boolean;
  /** PNG, JPEG or WebP file to begin with. */
  readonly firstFrame: Uint8Array | null;
  /** PNG, JPEG or WebP file to end with. */
  readonly lastFrame: Uint8Array | null;
}

/** Where the files of finished generations come from. */
export interface ClipSource {
  /** An MP4 file. Rejects with `RENDER_FAILED`, or `CLOSED` once closed. */
  clip(request: ClipRequest): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Frames a second of every clip. */
export const frameRate = 24;

/** Pixels for a resolution (of the short side) and a ratio; lying where no ratio was asked for. */
export function pictureSize(body: Pick<CreateBody, "resolution" | "aspect_ratio">): { width: number; height: number } {
  const [long, short] = body.resolution === "1080P" ? [1920, 1080] : [1280, 720];
  return body.aspect_ratio === "9:16" ? { width: short, height: long } : { width: long, height: short };
}
