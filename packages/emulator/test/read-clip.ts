import { createCanvas } from "@napi-rs/canvas";
import { EncodedVideoChunk, VideoDecoder, type VideoFrame } from "@napi-rs/webcodecs";
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from "mediabunny";

/** What an MP4 says of itself. */
export async function readClip(file: Uint8Array) {
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(file) });
  const video = await input.getPrimaryVideoTrack();
  const sound = await input.getPrimaryAudioTrack();
  if (!video) throw new Error("There is no video track");
  const timestamps: number[] = [];
  for await (const packet of new EncodedPacketSink(video).packets()) timestamps.push(packet.timestamp);
  return {
    mimeType: await input.getMimeType(),
    codec: video.codec,
    width: video.displayWidth,
    height: video.displayHeight,
    seconds: await input.computeDuration(),
    frames: timestamps.length,
    timestamps,
    sound: sound && { codec: sound.codec, seconds: await sound.computeDuration(), channels: sound.numberOfChannels },
  };
}

/** The colour of a picture at places given in parts of its width and height. */
export type Pixel = readonly [red: number, green: number, blue: number];

/** Decodes one frame, counted from 0, and returns a way to look at it. */
export async function decodeFrame(file: Uint8Array, index: number): Promise<(x: number, y: number) => Pixel> {
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(file) });
  const video = await input.getPrimaryVideoTrack();
  const config = await video?.getDecoderConfig();
  if (!video || !config?.description) throw new Error("There is no video track");
  const decoded: VideoFrame[] = [];
  const failed = Promise.withResolvers<never>();
  const decoder = new VideoDecoder({ output: (frame) => decoded.push(frame), error: failed.reject });
  const { codec, codedWidth = 0, codedHeight = 0 } = config;
  decoder.configure({ codec, codedWidth, codedHeight, description: toBytes(config.description) });
  let at = 0;
  for await (const packet of new EncodedPacketSink(video).packets()) {
    if (at > index) break;
    decoder.decode(
      new EncodedVideoChunk({ type: packet.type, timestamp: packet.microsecondTimestamp, data: packet.data }),
    );
    at += 1;
  }
  await Promise.race([decoder.flush(), failed.promise]);
  decoder.close();
  const frame = decoded[index];
  if (!frame) throw new Error(`There is no frame ${index}`);
  const pixels = new Uint8Array(frame.allocationSize({ format: "RGBA" }));
  await frame.copyTo(pixels, { format: "RGBA" });
  const { codedWidth: width, codedHeight: height } = frame;
  for (const each of decoded) each.close();
  return (x, y) => {
    const offset = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
    return [pixels[offset] ?? 0, pixels[offset + 1] ?? 0, pixels[offset + 2] ?? 0];
  };
}

/** Mean difference of two pictures over a grid of points, from 0 to 255. */
export function difference(one: (x: number, y: number) => Pixel, other: (x: number, y: number) => Pixel): number {
  const grid = Array.from({ length: 20 }, (_place, index) => (index + 0.5) / 20);
  const differences = grid.flatMap((x) =>
    grid.flatMap((y) => one(x, y).map((value, channel) => Math.abs(value - (other(x, y)[channel] ?? 0)))),
  );
  return differences.reduce((sum, value) => sum + value, 0) / differences.length;
}

/** An image in one colour. */
export function plainImage(colour: string, type: "image/png" | "image/jpeg" | "image/webp" = "image/png"): Buffer {
  const canvas = createCanvas(1280, 720);
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1280, 720);
  return type === "image/png" ? canvas.toBuffer(type) : canvas.toBuffer(type, 95);
}

function toBytes(source: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
