import { EncodedPacketSink, FilePathSource, Input, type InputTrack, MP4 } from "mediabunny";
import { CopyError } from "./copy-error.ts";
import { assertWholeBoxes } from "./mp4-boxes.ts";

/** What an MP4 file turned out to hold. */
export interface Mp4Facts {
  /** Of the picture as it is shown, in pixels. */
  width: number;
  height: number;
  /** Of the picture, in seconds. */
  durationSeconds: number;
  hasAudio: boolean;
}

// Half an hour at 60 frames a second. A forged index can claim billions.
const MOST_SAMPLES = 108_000;

/**
 * Reads an MP4 file through, without decoding it: its boxes are whole, it has a video track, and every sample that its
 * index names is there. A wrong index can keep the processor busy for hours without a pause: call `readMp4` instead,
 * which runs this in a thread.
 *
 * @throws CopyError `NOT_A_VIDEO` if it is something else, `BROKE_OFF` if its end is missing
 */
export async function inspectMp4(path: string): Promise<Mp4Facts> {
  await assertWholeBoxes(path);
  using input = new Input({ source: new FilePathSource(path), formats: [MP4] });
  try {
    const video = await input.getPrimaryVideoTrack();
    if (!video) throw new CopyError("NOT_A_VIDEO", "The file is an MP4 without a picture.");
    const audio = await input.getPrimaryAudioTrack();
    const durationSeconds = await readThrough(video);
    if (audio) await readThrough(audio);
    const width = await video.getDisplayWidth();
    const height = await video.getDisplayHeight();
    if (!(durationSeconds > 0 && width > 0 && height > 0)) {
      throw new CopyError("NOT_A_VIDEO", "The file is an MP4 whose picture is empty.");
    }
    return { width, height, durationSeconds, hasAudio: audio !== null };
  } catch (error) {
    if (error instanceof CopyError) throw error;
    throw new CopyError("NOT_A_VIDEO", "The file is an MP4 that cannot be read.", { cause: error });
  }
}

/** Reads every sample of a track, and returns when the last one ends, in seconds. */
async function readThrough(track: InputTrack): Promise<number> {
  const sink = new EncodedPacketSink(track);
  let end = 0;
  let indexed = 0;
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
    if (++indexed > MOST_SAMPLES) throw new CopyError("NOT_A_VIDEO", "The file is an MP4 with too many samples.");
    end = Math.max(end, packet.timestamp + packet.duration);
  }
  let read = 0;
  for await (const _ of sink.packets()) read++;
  // mediabunny ends the track, without an error, at the first sample that lies beyond the end of the file.
  if (read < indexed) throw new CopyError("BROKE_OFF", "The file is an MP4 that was cut off.");
  return end;
}
