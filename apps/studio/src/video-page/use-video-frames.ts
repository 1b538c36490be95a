import { sendOperation, useReelwire } from "@reelwire/react";
import { useEffect, useState } from "react";

/** The images that a video begins and ends with; `null` where it has none. */
export interface VideoFrames {
  readonly imageUrl: string | null;
  readonly lastImageUrl: string | null;
}

const FRAMES = `query VideoFrames($id: ID!) { video(id: $id) { imageUrl lastImageUrl } }`;

/** A video's frames: asked for once, since they may be large and never change; `null` until they are known. */
export function useVideoFrames(id: string): VideoFrames | null {
  const connection = useReelwire();
  const [frames, setFrames] = useState<VideoFrames | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    setFrames(null);
    sendOperation<{ video: VideoFrames | null }, { id: string }>(
      connection,
      FRAMES,
      { id },
      { signal: stop.signal },
    ).then(
      ({ video }) => setFrames(video),
      // The page tells of a gateway that cannot be reached by itself.
      () => {},
    );
    return () => stop.abort();
  }, [connection, id]);

  return frames;
}
