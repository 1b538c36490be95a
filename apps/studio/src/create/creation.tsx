import { type Model, ReelwireError, useCreateVideo, useReelwire, type Video } from "@reelwire/react";
import { useCallback, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { useSearch } from "wouter/use-browser-location";
import { useToast } from "../design/toast.tsx";
import { useSession } from "../shell/session.tsx";
import { CreateForm } from "./create-form.tsx";
import { type Draft, toInput } from "./draft.ts";
import { LivePanel } from "./live-panel.tsx";
import { useDraft } from "./use-draft.ts";

/** The form, and the video that it led to last. */
export function Creation({ models }: { models: readonly Model[] }) {
  const { notice } = useSession();
  const showToast = useToast();
  const [draft, change] = useDraft();
  const creation = useCreateVideo({ resumeKey: "studio" });
  const { createVideo, error } = creation;
  const callError = error instanceof ReelwireError ? error : null;
  const panel = useRef<HTMLElement>(null);
  const makeAgain = useMakeAgain(change);

  useEffect(() => notice(callError), [callError, notice]);

  const submit = useCallback(
    async (draft: Draft) => {
      const made = createVideo(toInput(draft));
      showPanel(panel.current);
      const video = await made;
      if (video === null) return;
      // The next one is another video.
      if (video.externalId !== null) change({ externalId: "" });
      showToast("Accepted. It goes on also when you leave this page.");
    },
    [createVideo, change, showToast],
  );

  return (
    <div className="create-page">
      <CreateForm
        draft={draft}
        onChange={change}
        models={models}
        refused={creation.video === null ? callError : null}
        busy={creation.isPending}
        onSubmit={submit}
      />
      <LivePanel
        ref={panel}
        creation={creation}
        draft={draft}
        onAgain={(video: Video) => void makeAgain(video.id)}
        onRetry={() => void submit(draft)}
      />
    </div>
  );
}

/** The focus goes where something happens; where that is below the form, the page does too. */
function showPanel(panel: HTMLElement | null) {
  panel?.focus({ preventScroll: true });
  if ((panel?.getBoundingClientRect().top ?? 0) > innerHeight / 2) panel?.scrollIntoView({ block: "start" });
}

/** Fills the form with what a video was made of; also of the one that the address names, as other pages lead here. */
function useMakeAgain(change: (draft: Draft) => void) {
  const connection = useReelwire();
  const showToast = useToast();
  const { notice } = useSession();
  const [, navigate] = useLocation();
  const from = new URLSearchParams(useSearch()).get("from");

  const makeAgain = useCallback(
    async (id: string, signal?: AbortSignal) => {
      try {
        const { draftOfVideo } = await import("./draft-of-video.ts");
        const draft = await draftOfVideo(connection, id, { signal });
        if (draft === null) return showToast("There is no such video any more.");
        change(draft);
        showToast("Filled in. Change what you like.");
        document.getElementById("prompt")?.focus();
      } catch (error) {
        if (!(error instanceof ReelwireError)) return;
        notice(error);
        showToast(error.message);
      }
    },
    [connection, change, showToast, notice],
  );
  useEffect(() => {
    if (from === null) return;
    const stop = new AbortController();
    void makeAgain(from, stop.signal).then(() => {
      if (!stop.signal.aborted) navigate("/", { replace: true });
    });
    return () => stop.abort();
  }, [from, makeAgain, navigate]);
  return makeAgain;
}
