import { ReelwireError, useReelwire } from "@reelwire/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession } from "../shell/session.tsx";
import type { Frame } from "./draft.ts";
import { ImageProblem } from "./image-problem.ts";

/** A picture on its way to the gateway. */
export interface FrameOnItsWay {
  /** To be shown meanwhile; `null` until it is known to be a picture. */
  preview: string | null;
}

export interface UseFrame {
  onItsWay: FrameOnItsWay | null;
  /** What was wrong with the last one, as a sentence. */
  problem: string | null;
  giveFile(file: File): void;
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
    async (get: (part: typeof import("./take-picture.ts"), signal: AbortSignal) => Promise<Frame>) => {
      stop();
      const controller = new AbortController();
      running.current = controller;
      const { signal } = controller;
      setProblem(null);
      setOnItsWay({ preview: null });
      try {
        const frame = await get(await import("./take-picture.ts"), signal);
        if (!signal.aborted) changed.current(frame);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ReelwireError) notice(error);
        const isTold = error instanceof ReelwireError || error instanceof ImageProblem;
        setProblem(isTold ? error.message : "That did not work. Load the page again, and give it once more.");
      } finally {
        if (running.current === controller) setOnItsWay(null);
      }
    },
    [notice, stop],
  );

  const giveFile = useCallback(
    (file: File) =>
      void take(({ takeFile }, signal) =>
        takeFile(connection, file, { maxBytes, signal, accepted: (preview) => setOnItsWay({ preview }) }),
      ),
    [connection, maxBytes, take],
  );
  const giveAddress = useCallback((written: string) => void take(({ takeAddress }) => takeAddress(written)), [take]);
  const remove = useCallback(() => {
    stop();
    setOnItsWay(null);
    setProblem(null);
    changed.current(null);
  }, [stop]);

  return { onItsWay, problem, giveFile, giveAddress, remove };
}
