import { createCanvas } from "@napi-rs/canvas";
import { seededRandom } from "../random.ts";
import { type ClipRequest, frameRate } from "./clip-request.ts";
import { loadPicture, type Picture } from "./draw-picture.ts";
import { createScene } from "./draw-scene.ts";
import { encodeSound } from "./encode-sound.ts";
import { encodeVideo } from "./encode-video.ts";
import { muxClip } from "./mux-clip.ts";
import type { WebCodecs } from "./webcodecs.ts";

/** Every part of a clip is this long; every duration the upstream offers is a multiple. */
const partSeconds = 2;
const partFrames = partSeconds * frameRate;

/**
 * Renders a clip: the scene of its prompt, a loop of two seconds that is encoded once and repeated, which is several times
 * faster than encoding every frame; before it, where given, two seconds that lead from the first frame into the scene, and
 * after it two that lead to the last frame. `stopped` is asked before each frame; once it says so, this throws.
 */
export async function renderClip(codecs: WebCodecs, request: ClipRequest, stopped: () => boolean): Promise<Uint8Array> {
  const { prompt, width, height, seconds } = request;
  const canvas = createCanvas(width, height);
  const scene = createScene(canvas, prompt);
  const first = request.firstFrame && (await loadPicture(canvas, request.firstFrame));
  const last = request.lastFrame && (await loadPicture(canvas, request.lastFrame));
  const loops = Math.max(0, Math.round(seconds / partSeconds) - (first ? 1 : 0) - (last ? 1 : 0));
  const lay = (picture: Picture, opacity: number, progress: number) => {
    if (opacity < 1) scene.draw(progress);
    picture.draw(opacity);
  };
  const parts: ((progress: number) => void)[] = [];
  if (first) {
    parts.push((progress) => lay(first, fade(1 - progress), progress));
  }
  if (loops > 0) parts.push((progress) => scene.draw(progress));
  if (last) {
    // The very last frame is the picture itself.
    parts.push((progress) => lay(last, fade(progress + 1 / partFrames), progress));
  }
  const starts = new Set(parts.map((_part, index) => index * partFrames));
  const video = await encodeVideo(codecs, canvas, parts.length * partFrames, starts, (frame) => {
    if (stopped()) throw new Error("Stopped");
    parts[Math.floor(frame / partFrames)]?.((frame % partFrames) / partFrames);
  });
  const part = (index: number) => video.packets.slice(index * partFrames, (index + 1) * partFrames);
  const loop = part(first ? 1 : 0);
  const packets = [
    ...(first ? part(0) : []),
    ...Array(loops).fill(loop).flat(),
    ...(last ? part(parts.length - 1) : []),
  ];
  const sound = request.sound ? await encodeSound(codecs, seconds, seededRandom("sound", prompt)) : null;
  return muxClip(packets, video.metadata, sound);
}

/** Fully there for the first third of the way, then gently gone. */
function fade(nearness: number): number {
  const linear = Math.min(1, Math.max(0, nearness * 1.5));
  return linear * linear * (3 - 2 * linear);
}
