import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ReelwireProvider, type TokenSource, useCreateVideo, VideoPlayer, VideoProgress } from "../../../src/index.ts";

const asked = new URLSearchParams(location.search);
const tokens = asked.get("tokens");
const token: TokenSource | undefined =
  tokens === null ? undefined : async () => await (await window.fetch(tokens, { method: "POST" })).text();

function Maker() {
  const { createVideo, video, status, error, isPending, cancel } = useCreateVideo({ resumeKey: "maker" });
  return (
    <main style={{ maxWidth: 640 }}>
      <h1>Make a video</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const prompt = String(new FormData(event.currentTarget).get("prompt"));
          void createVideo({ prompt, durationSeconds: 4, aspectRatio: "LANDSCAPE_16_9" });
        }}
      >
        <label>
          Prompt <input name="prompt" defaultValue="A paper boat" />
        </label>
        <button type="submit">Make it</button>
        <button type="button" onClick={() => void cancel()} disabled={!isPending}>
          Cancel
        </button>
      </form>
      <output>{status ?? "nothing"}</output>
      {isPending && <VideoProgress video={video} />}
      {video !== null && <VideoPlayer video={video} />}
      {error !== null && <p role="alert">{error.code}</p>}
    </main>
  );
}

createRoot(document.getElementById("root") ?? document.body).render(
  <StrictMode>
    <ReelwireProvider url={asked.get("url") ?? ""} token={token} retryDelayMs={100} keepAliveMs={2_000}>
      <Maker />
    </ReelwireProvider>
  </StrictMode>,
);
