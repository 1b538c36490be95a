import { skipToken, useMutation, useSubscription } from "@apollo/client/react";
import type { SubmitEvent } from "react";
import { CREATE_VIDEO, LATEST_VIDEOS, VIDEO_STATUS } from "./operations.ts";
import { Problem } from "./problem.tsx";

/** Asks for a video and watches it. */
export function MakeVideo() {
  const [createVideo, creation] = useMutation(CREATE_VIDEO, { refetchQueries: [LATEST_VIDEOS] });
  const id = creation.data?.createVideo.video.id;
  const watching = useSubscription(VIDEO_STATUS, id === undefined ? skipToken : { variables: { id } });
  const video = watching.data?.videoStatus;
  const isPending = creation.loading || (id !== undefined && !video?.finishedAt && !watching.error);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const prompt = String(new FormData(event.currentTarget).get("prompt"));
    void createVideo({ variables: { input: { prompt } } });
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
