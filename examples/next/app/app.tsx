"use client";

import { ReelwireProvider, useCreateVideo, VideoPlayer, VideoProgress } from "@reelwire/react";
import "@reelwire/react/styles.css";

export default function App() {
  return (
    <ReelwireProvider url="http://127.0.0.1:4000/graphql">
      <VideoMaker />
    </ReelwireProvider>
  );
}

function VideoMaker() {
  const { createVideo, video, error, isPending, cancel } = useCreateVideo({ resumeKey: "maker" });
  return (
    <main>
      <h1>Make a video</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          createVideo({ prompt: String(new FormData(event.currentTarget).get("prompt")) });
        }}
      >
        <label>
          What should it show? <input name="prompt" required defaultValue="a paper boat on a rainy street" />
        </label>{" "}
        <button type="submit" disabled={isPending}>
          Make it
        </button>{" "}
        {isPending && (
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        )}
      </form>
      {isPending && <VideoProgress video={video} />}
      {error ? <p role="alert">{error.message}</p> : video && <VideoPlayer video={video} />}
    </main>
  );
}
