import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import { frameRate } from "./clip-request.ts";
import { type EncodedSound, packetSamples, sampleRate } from "./encode-sound.ts";
import type { EncodedVideo, VideoPacket } from "./encode-video.ts";
import { eraseTimes } from "./erase-times.ts";

/**
 * An MP4 that shows the packets in the order given, each for one frame; its sound, if any, ends exactly with the picture.
 * Packets may repeat.
 */
export async function muxClip(
  packets: readonly VideoPacket[],
  metadata: EncodedVideo["metadata"],
  sound: EncodedSound | null,
): Promise<Uint8Array> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const videoTrack = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(videoTrack, { frameRate });
  const soundTrack = sound ? new EncodedAudioPacketSource("aac") : null;
  if (soundTrack) output.addAudioTrack(soundTrack);
  await output.start();
  for (const [index, { data, type }] of packets.entries()) {
    await videoTrack.add(
      new EncodedPacket(data, type, index / frameRate, 1 / frameRate),
      index === 0 ? metadata : undefined,
    );
  }
  videoTrack.close();
  if (soundTrack && sound) await addSound(soundTrack, sound, (packets.length / frameRate) * sampleRate);
  await output.finalize();
  if (!target.buffer) throw new Error("The muxer wrote nothing");
  const file = new Uint8Array(target.buffer);
  eraseTimes(file);
  return file;
}

async function addSound(track: EncodedAudioPacketSource, sound: EncodedSound, samples: number): Promise<void> {
  let at = 0;
  for (const data of sound.packets) {
    // The last packet holds more than is left; a shorter duration makes players stop in time.
    const length = Math.min(packetSamples, samples - at);
    if (length <= 0) break;
    const packet = new EncodedPacket(data, "key", at / sampleRate, length / sampleRate);
    await track.add(packet, at === 0 ? sound.metadata : undefined);
    at += length;
  }
  track.close();
}
