import type { Canvas } from "@napi-rs/canvas";
import type { EncodedVideoChunk } from "@napi-rs/webcodecs";
import { frameRate } from "./clip-request.ts";
import type { WebCodecs } from "./webcodecs.ts";

/** One encoded frame. */
export interface VideoPacket {
  readonly data: Uint8Array;
  readonly type: "key" | "delta";
}

/** How to decode the packets. */
export interface VideoMetadata {
  readonly decoderConfig: {
    codec: string;
    codedWidth: number;
    codedHeight: number;
    description: Uint8Array;
    colorSpace: typeof colorSpace;
  };
}

/**
 * What the encoder makes of a canvas: it converts with the matrix of BT.601 to limited range, though it reports the
 * canvas's own RGB, which players would believe.
 */
const colorSpace = { primaries: "bt709", transfer: "bt709", matrix: "smpte170m", fullRange: false } as const;

/** H.264 packets in order of display (there are no B-frames), and what a player needs to know first. */
export interface EncodedVideo {
  readonly packets: readonly VideoPacket[];
  readonly metadata: VideoMetadata | undefined;
}

/** More frames waiting than this only takes memory: the encoder is the slower side. */
const mostQueued = 4;
const microseconds = 1_000_000;

/**
 * Encodes what `draw` puts on the canvas for each frame. Every frame in `keyFrames` can be decoded on its own, so that
 * the packets from one up to the next can be repeated.
 */
export async function encodeVideo(
  codecs: WebCodecs,
  canvas: Canvas,
  frameCount: number,
  keyFrames: ReadonlySet<number>,
  draw: (frame: number) => void,
): Promise<EncodedVideo> {
  const packets: VideoPacket[] = [];
  let metadata: VideoMetadata | undefined;
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const encoder = new codecs.VideoEncoder({
    output: (chunk, chunkMetadata) => {
      packets.push({ data: copy(chunk), type: chunk.type === "key" ? "key" : "delta" });
      const { codec, description } = chunkMetadata?.decoderConfig ?? {};
      if (codec && description) {
        const { width: codedWidth, height: codedHeight } = canvas;
        metadata ??= { decoderConfig: { codec, codedWidth, codedHeight, description, colorSpace } };
      }
    },
    error: failed.reject,
  });
  try {
    encoder.configure(configuration(canvas.width, canvas.height));
    for (let frame = 0; frame < frameCount; frame++) {
      draw(frame);
      const at = (index: number) => Math.round((index * microseconds) / frameRate);
      const picture = new codecs.VideoFrame(canvas, { timestamp: at(frame), duration: at(frame + 1) - at(frame) });
      encoder.encode(picture, { keyFrame: keyFrames.has(frame) });
      picture.close();
      while (encoder.encodeQueueSize > mostQueued) await Promise.race([nextTurn(), failed.promise]);
    }
    await Promise.race([encoder.flush(), failed.promise]);
  } finally {
    if (encoder.state !== "closed") encoder.close();
  }
  if (packets.length !== frameCount) throw new Error(`${frameCount} frames became ${packets.length} packets`);
  return { packets, metadata };
}

/** Main profile; level 3.1 carries 1280×720 and level 4 1920×1080, upright too. */
function configuration(width: number, height: number) {
  const large = width * height > 1280 * 720;
  return {
    codec: large ? "avc1.4d0028" : "avc1.4d001f",
    width,
    height,
    framerate: frameRate,
    // With a bitrate to keep to, the same frames become other bytes each time.
    bitrateMode: "quantizer",
    // The other mode inserts key frames of its own.
    latencyMode: "quality",
    hardwareAcceleration: "prefer-software",
    avc: { format: "avc" },
  } as const;
}

function copy(chunk: EncodedVideoChunk): Uint8Array {
  const data = new Uint8Array(chunk.byteLength);
  chunk.copyTo(data);
  return data;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
