import { startBrowser } from "@reelwire/browser-for-tests";
import { expect, test } from "vitest";
import { startS3Server } from "./s3-server.ts";
import { CREATE_VIDEO, startTestGateway, VIDEO_STATUS } from "./test-gateway.ts";

// As a text, since what runs in the page has other types than what runs here.
const play = (url: string) => `new Promise((resolve) => {
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective));
  const video = document.body.appendChild(document.createElement("video"));
  video.addEventListener("playing", () => resolve("playing"));
  video.addEventListener("error", () => resolve(video.error.message));
  video.muted = true;
  video.src = ${JSON.stringify(url)};
  video.play().catch(() => {});
})`;

test.each(["/", "/graphiql/"])(
  "the page at %s plays what a bucket has, under either name, and nothing of others",
  async (path) => {
    await using s3 = await startS3Server();
    await using on = await startTestGateway({
      emulator: { clock: "real", durationMs: 50 },
      configuration: { files: s3.files },
    });
    const { data } = await on.graphql(CREATE_VIDEO, { input: { prompt: "a paper boat", durationSeconds: 4 } });
    const { id } = data.createVideo.video;
    let url: string | null = null;
    for await (const update of on
      .client()
      .iterate<{ videoStatus: { url: string | null } }>({ query: VIDEO_STATUS, variables: { id } })) {
      url = update.data?.videoStatus.url ?? null;
    }
    if (url === null) throw new Error("There is no file.");
    expect((await fetch(url, { redirect: "manual" })).status).toBe(302);

    await using browser = await startBrowser();
    for (const origin of [on.url, on.url.replace("127.0.0.1", "localhost")]) {
      const page = await browser.newPage();
      await page.goto(`${origin}${path}`);
      expect(await page.evaluate(play(url)), origin).toBe("playing");
      expect(await page.evaluate(play("http://127.0.0.1:9/another.mp4"))).toBe("media-src");
    }
  },
);
