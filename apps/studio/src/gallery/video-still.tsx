import { useEffect, useRef, useState } from "react";
import { useInView } from "./use-in-view.ts";

interface VideoStillProps {
  url: string;
  /** Shows it moving, without sound, unless the viewer wants nothing to move. */
  isPlaying: boolean;
}

/** The beginning of a file may be black. */
const STILL_AT_SECONDS = 0.1;

/** Loaded when it is so near, in pixels. */
const NEAR = 400;

/** A picture of a finished video. Only what is near is loaded, and of that no more than its beginning. */
export function VideoStill({ url, isPlaying }: VideoStillProps) {
  const { ref, isInView } = useInView(NEAR);
  const [isWanted, setWanted] = useState(false);
  if (isInView && !isWanted) setWanted(true);
  return (
    <div ref={ref} className="video-still">
      {isWanted && <Picture url={url} isPlaying={isPlaying} />}
    </div>
  );
}

function Picture({ url, isPlaying }: VideoStillProps) {
  const [isThere, setThere] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const video = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    const element = video.current;
    if (element === null || !isPlaying || window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    // Refused where it is left again at once.
    element.play().catch(() => {});
    return () => {
      element.pause();
      element.currentTime = STILL_AT_SECONDS;
    };
  }, [isPlaying]);

  if (isBroken) return <p className="video-still-broken">The file cannot be shown right now.</p>;
  return (
    <video
      ref={video}
      className={isThere ? "video-still-there" : undefined}
      src={`${url}#t=${STILL_AT_SECONDS}`}
      preload="metadata"
      muted
      loop
      playsInline
      disablePictureInPicture
      tabIndex={-1}
      aria-hidden="true"
      onLoadedData={() => setThere(true)}
      onError={() => setBroken(true)}
    />
  );
}
