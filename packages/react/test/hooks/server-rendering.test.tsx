import { cleanup, render } from "@testing-library/react";
import type { ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  ReelwireProvider,
  useCreateVideo,
  useVideoProgress,
  useVideoStatus,
  useVideos,
  type Video,
  VideoPlayer,
  VideoProgress,
} from "../../src/index.ts";
import { someVideo } from "../some-video.ts";

afterEach(cleanup);

const making = someVideo({ progress: { fraction: 0.5, estimatedCompletionAt: "2999-01-01T00:00:00.000Z" } });
const done = someVideo({ status: "COMPLETED", url: "http://127.0.0.1:4000/files/a.mp4", aspectRatio: "PORTRAIT_9_16" });

function Page({ video = null }: { video?: Video | null }) {
  const created = useCreateVideo({ resumeKey: "page" });
  const watched = useVideoStatus("video_01kaqg3v7hf0ctq9x2d3s8g4rn");
  const listed = useVideos({ status: ["COMPLETED"] });
  const { text } = useVideoProgress(video);
  return (
    <main>
      <p>{JSON.stringify([created, watched, listed])}</p>
      <p>{text}</p>
      <VideoProgress video={video} />
      {video !== null && <VideoPlayer video={video} />}
    </main>
  );
}

/** As on a server, which has no page. */
function renderOnServer(element: ReactElement): string {
  const page = ["window", "document", "location", "localStorage"] as const;
  for (const name of page) vi.stubGlobal(name, undefined);
  try {
    return renderToString(element);
  } finally {
    vi.unstubAllGlobals();
  }
}

describe("on a server", () => {
  test.each([null, making, done])(
    "a page is rendered, without asking the gateway or a storage for anything",
    (video) => {
      const asked: unknown[] = [];
      const fetch: typeof globalThis.fetch = async (...args) => {
        asked.push(args);
        throw new TypeError("There is no network here.");
      };
      // An address that is relative to a page has none to be relative to.
      const html = renderOnServer(
        <ReelwireProvider url="/graphql" fetch={fetch} token={() => String(asked.push("a token"))}>
          <Page video={video} />
        </ReelwireProvider>,
      );
      expect(html).toContain('role="progressbar"');
      expect(html).toContain("&quot;isPending&quot;:true");
      expect(asked).toEqual([]);
    },
  );
});

test("what the server rendered is taken over by the page as it is", () => {
  const element = (
    <ReelwireProvider url="http://127.0.0.1:9/graphql" transports={["polling"]}>
      <Page video={making} />
    </ReelwireProvider>
  );
  const container = document.body.appendChild(document.createElement("div"));
  container.innerHTML = renderOnServer(element);
  const differences: unknown[] = [];
  render(element, { container, hydrate: true, onRecoverableError: (error) => differences.push(error) });
  expect(container.querySelector("[role=progressbar]")).not.toBeNull();
  expect(differences).toEqual([]);
  container.remove();
});
