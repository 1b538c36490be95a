import type { SubmitEvent } from "react";
import { useMutation, useSubscription } from "urql";
import { CREATE_VIDEO, VIDEO_STATUS } from "./operations.ts";
import { Problem } from "./problem.tsx";

/** Asks for a video and watches it. */
export function MakeVideo() {
  const [creation, createVideo] = useMutation(CREATE_VIDEO);
  const made = creation.data?.createVideo.video;
  const [watching] = useSubscription({
    query: VIDEO_STATUS,
    variables: { id: made?.id ?? "" },
    pause: made === undefined,
  });
  // Of the video made before, until the first of the new one is told.
  const told = watching.data?.videoStatus;
  const video = told?.id === made?.id ? told : made;
  const isPending = creation.fetching || (video !== undefined && !video.finishedAt && !watching.error);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const prompt = String(new FormData(event.currentTarget).get("prompt"));
    void createVideo({ input: { prompt } });
  };

  return (
    <section>
      <form onSubmit={submit}>
        <label>
          Prompt <input name="prompt" defaultValue="a paper boat on a rainy street" required />
        </label>{" "}
        <button type="submit" disabled={isPending}>
          Make video
        </button>
      </form>
      <Problem error={creation.error ?? watching.error ?? video?.error} />
      {video && (
        <>
          <p role="status">{video.status}</p>
          {video.progress && <progress value={video.progress.fraction} aria-label="Progress, estimated" />}
          {video.url && <video src={video.url} aria-label={video.prompt} controls />}
        </>
      )}
    </section>
  );
}
