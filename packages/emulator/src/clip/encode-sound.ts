import type { Random } from "../random.ts";
import type { WebCodecs } from "./webcodecs.ts";

/** Samples a second. */
export const sampleRate = 48_000;
const numberOfChannels = 2;
/** Samples in one AAC packet. */
export const packetSamples = 1024;

/** How to decode the packets. */
export interface SoundMetadata {
  readonly decoderConfig: { codec: string; sampleRate: number; numberOfChannels: number; description?: Uint8Array };
}

/** AAC packets in order, and what a player needs to know first. */
export interface EncodedSound {
  readonly packets: readonly Uint8Array[];
  readonly metadata: SoundMetadata | undefined;
}

/** Encodes a gentle seeded chord of the given length, in stereo. */
export async function encodeSound(codecs: WebCodecs, seconds: number, random: Random): Promise<EncodedSound> {
  const packets: Uint8Array[] = [];
  let metadata: SoundMetadata | undefined;
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const encoder = new codecs.AudioEncoder({
    output: (chunk, chunkMetadata) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      packets.push(data);
      const { codec, description } = chunkMetadata?.decoderConfig ?? {};
      if (codec)
        metadata ??= { decoderConfig: { codec, sampleRate, numberOfChannels, ...(description && { description }) } };
    },
    error: failed.reject,
  });
  try {
    encoder.configure({ codec: "mp4a.40.2", sampleRate, numberOfChannels, bitrate: 96_000 });
    const sound = new codecs.AudioData({
      format: "f32-planar",
      sampleRate,
      numberOfFrames: sampleRate * seconds,
      numberOfChannels,
      timestamp: 0,
      data: chord(sampleRate * seconds, random),
    });
    encoder.encode(sound);
    sound.close();
    await Promise.race([encoder.flush(), failed.promise]);
  } finally {
    if (encoder.state !== "closed") encoder.close();
  }
  return { packets, metadata };
}

/** Three sines of a major chord that swell slowly, faded in and out; left and right planes one after the other. */
function chord(samples: number, random: Random): Float32Array {
  const root = 130 * 2 ** (Math.floor(random() * 12) / 12);
  const swell = 0.2 + random() * 0.4;
  const planes = new Float32Array(samples * 2);
  const fade = sampleRate / 4;
  for (let i = 0; i < samples; i++) {
    const turn = (2 * Math.PI * i) / sampleRate;
    const tone = Math.sin(turn * root) + Math.sin(turn * root * 1.25) / 2 + Math.sin(turn * root * 1.5) / 2;
    const loudness = 0.06 * Math.min(1, i / fade, (samples - i) / fade);
    const pan = Math.sin(turn * swell) / 4;
    planes[i] = tone * loudness * (0.75 - pan);
    planes[samples + i] = tone * loudness * (0.75 + pan);
  }
  return planes;
}
