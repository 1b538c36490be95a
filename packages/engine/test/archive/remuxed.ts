import {
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from "mediabunny";

export interface RemuxOptions {
  /** Where the index goes: at the end, at the beginning, or spread over fragments. Default: the end. */
  fastStart?: false | "in-memory" | "fragmented";
  /** Default: true. */
  video?: boolean;
  /** Default: true. */
  audio?: boolean;
}

/** The same samples of an H.264 and AAC clip in another MP4 file, without encoding anything. */
export async function remuxed(clip: Uint8Array, options: RemuxOptions = {}): Promise<Buffer> {
  const { fastStart = false, video = true, audio = true } = options;
  using input = new Input({ source: new BufferSource(clip), formats: [MP4] });
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart }), target });
  const copies: (() => Promise<void>)[] = [];
  const videoTrack = video ? await input.getPrimaryVideoTrack() : null;
  const audioTrack = audio ? await input.getPrimaryAudioTrack() : null;
  if (videoTrack) {
    const source = new EncodedVideoPacketSource("avc");
    output.addVideoTrack(source);
    copies.push(async () => {
      const decoderConfig = await videoTrack.getDecoderConfig();
      if (!decoderConfig) throw new Error("The clip has no decoder configuration.");
      for await (const packet of new EncodedPacketSink(videoTrack).packets())
        await source.add(packet, { decoderConfig });
      source.close();
    });
  }
  if (audioTrack) {
    const source = new EncodedAudioPacketSource("aac");
    output.addAudioTrack(source);
    copies.push(async () => {
      const decoderConfig = await audioTrack.getDecoderConfig();
      if (!decoderConfig) throw new Error("The clip has no decoder configuration.");
      for await (const packet of new EncodedPacketSink(audioTrack).packets())
        await source.add(packet, { decoderConfig });
      source.close();
    });
  }
  await output.start();
  await Promise.all(copies.map((copy) => copy()));
  await output.finalize();
  if (!target.buffer) throw new Error("Nothing was written.");
  return Buffer.from(target.buffer);
}
