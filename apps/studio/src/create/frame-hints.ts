import type { Draft } from "./draft.ts";

/** What is worth knowing of the last frame before it is sent; nothing of it is an error. */
export function lastFrameHint({ firstFrame, lastFrame, durationSeconds }: Draft): string | null {
  if (lastFrame === null) return null;
  if (firstFrame === null) return "Without a first frame, how it begins is up to the model.";
  const first = shapeOf(firstFrame);
  const last = shapeOf(lastFrame);
  if (first !== null && last !== null && Math.abs(first / last - 1) > 0.02) {
    return "The two frames have different shapes: one of them will be cropped.";
  }
  if (durationSeconds !== 8) return "Between two frames, 8 seconds are the safest choice.";
  return null;
}

/** Whether a picture will be cropped to the shape of the video. */
export function firstFrameHint({ firstFrame, aspectRatio }: Draft): string | null {
  const shape = firstFrame === null ? null : shapeOf(firstFrame);
  if (shape === null || aspectRatio === null) return null;
  const wanted = aspectRatio === "LANDSCAPE_16_9" ? 16 / 9 : 9 / 16;
  return Math.abs(shape / wanted - 1) > 0.02 ? "It has another shape than the video, and will be cropped." : null;
}

function shapeOf({ width, height }: { width: number | null; height: number | null }): number | null {
  return width === null || height === null ? null : width / height;
}
