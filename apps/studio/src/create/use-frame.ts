import { ReelwireError, uploadImage, useReelwire } from "@reelwire/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession } from "../shell/session.tsx";
import { checkAddress, checkFile, checkSize, ImageProblem, measurePicture } from "./check-image.ts";
import type { Frame } from "./draft.ts";

/** A picture on its way to the gateway. */
export interface FrameOnItsWay {
  /** To be shown meanwhile; `null` until it is known to be a picture. */
  preview: string | null;
}

export interface UseFrame {
  onItsWay: FrameOnItsWay | null;
  /** What was wrong with the last one, as a sentence. */
  problem: string | null;
  /** Checks a file, and uploads it where nothing is wrong with it. */
  giveFile(file: File): void;
  /** Takes an address, after a look at what is there. */
  giveAddress(written: string): void;
  remove(): void;
}

/** Takes a picture from wherever it comes. A second one takes the place of the first, also of one that is on its way. */
export function useFrame(onChange: (frame: Frame | null) => void, maxBytes: number): UseFrame {
  const connection = useReelwire();
  const { notice } = useSession();
  const [onItsWay, setOnItsWay] = useState<FrameOnItsWay | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const running = useRef<AbortController>(null);
  const changed = useRef(onChange);
  changed.current = onChange;

  const stop = useCallback(() => running.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const take = useCallback(
    async (get: (signal: AbortSignal) => Promise<Frame>) => {
      stop();
      const controller = new AbortController();
      running.current = controller;
      const { signal } = controller;
      setProblem(null);
      setOnItsWay({ preview: null });
      try {
        const frame = await get(signal);
        if (!signal.aborted) changed.current(frame);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ReelwireError) notice(error);
        if (!(error instanceof ReelwireError || error instanceof ImageProblem)) throw error;
        setProblem(error.message);
      } finally {
        if (running.current === controller) setOnItsWay(null);
      }
    },
    [notice, stop],
  );

  const giveFile = useCallback(
    (file: File) =>
      void take(async (signal) => {
        checkFile(file, maxBytes);
        const preview = URL.createObjectURL(file);
        signal.addEventListener("abort", () => URL.revokeObjectURL(preview));
        try {
          checkSize(await measurePicture(preview));
          if (!signal.aborted) setOnItsWay({ preview });
          const { url, width, height, expiresAt } = await uploadImage(connection, file, { signal });
          return { url, width, height, expiresAt };
        } finally {
          URL.revokeObjectURL(preview);
        }
      }),
    [connection, maxBytes, take],
  );

  const giveAddress = useCallback(
    (written: string) =>
      void take(async () => {
        const url = checkAddress(written);
        // The upstream may reach what this browser does not, so that only what was seen is held against it.
        const size = await measurePicture(url).catch(() => null);
        if (size !== null) checkSize(size);
        return { url, width: size?.width ?? null, height: size?.height ?? null, expiresAt: null };
      }),
    [take],
  );

  const remove = useCallback(() => {
    stop();
    setOnItsWay(null);
    setProblem(null);
    changed.current(null);
  }, [stop]);

  return { onItsWay, problem, giveFile, giveAddress, remove };
}
