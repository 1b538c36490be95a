import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CREATE_VIDEO, startTestGateway, type TestGateway, VIDEO_STATUS } from "./test-gateway.ts";

/** What no line may hold: the middle of an image. */
const PIXELS = "iVBORw0KGgoAAAANSUhEUgAA";
const IMAGE = `data:image/png;base64,${PIXELS.repeat(2_000)}`;
const KEY = "sk-not-for-anybody-0123456789";

let on: TestGateway;
beforeAll(async () => {
  on = await startTestGateway({ emulator: { apiKey: KEY } });
});
afterAll(() => on[Symbol.asyncDispose]());

describe("no log line holds the upstream's key or an image (invariant 10)", () => {
  test.each([
    ["refuses the request", "invalid-body", "UPSTREAM_INPUT_REJECTED"],
    ["refuses the key", "rejected-key", "UPSTREAM_KEY_REJECTED"],
    ["refuses for lack of credits", "out-of-credits", "UPSTREAM_FORBIDDEN"],
  ] as const)("when the upstream %s", async (_what, fault, code) => {
    on.emulator.faults.next({ on: "create", fault });
    const { data } = await on.graphql(CREATE_VIDEO, {
      input: { prompt: `${fault} ${IMAGE.slice(0, 200)}`, imageUrl: IMAGE },
    });
    const seen: unknown[] = [];
    const query = VIDEO_STATUS;
    for await (const update of on.client().iterate({ query, variables: { id: data.createVideo.video.id } }))
      seen.push(update);
    expect(seen.at(-1)).toMatchObject({ data: { videoStatus: { status: "FAILED", error: { code } } } });
  });

  test("when it comes in a query's address, in variables that do not fit, or in a document that is none", async () => {
    const query = encodeURIComponent(`{ video(id: "${IMAGE.slice(0, 5_000)}") { id } }`);
    await fetch(`${on.url}/graphql?query=${query}`, { headers: { "apollo-require-preflight": "1" } });
    await fetch(`${on.url}/files/${encodeURIComponent(IMAGE.slice(0, 90))}?signature=${KEY}`);
    await on.graphql(CREATE_VIDEO, { input: { prompt: 1, imageUrl: IMAGE } });
    await on.graphql(IMAGE);
    const client = on.client();
    await client
      .iterate({ query: `{ ${IMAGE} }` })
      .next()
      .catch(() => {});
    await fetch(`${on.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"${IMAGE}`,
    });
  });

  test("there are lines, at the lowest level, and none of them has it", () => {
    expect(on.logLines.length).toBeGreaterThan(20);
    for (const line of on.logLines) {
      expect(line).not.toContain(KEY);
      expect(line).not.toContain(PIXELS);
      expect(line).not.toContain("signature=");
    }
  });
});
