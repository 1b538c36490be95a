import { createClient } from "graphql-sse";
import { expect, test } from "vitest";
import { CREATE_VIDEO, startTestGateway, VIDEO_STATUS } from "./test-gateway.ts";

test("a video is watched to its end over an event stream", async () => {
  await using on = await startTestGateway({ emulator: { clock: "real", durationMs: 200 } });
  const { data } = await on.graphql(CREATE_VIDEO, { input: { prompt: "a boat" } });
  const client = createClient({ url: `${on.url}/graphql/stream`, retryAttempts: 0 });
  const statuses: unknown[] = [];
  const { id } = data.createVideo.video;
  for await (const told of client.iterate<{ videoStatus: { status: string } }>({
    query: VIDEO_STATUS,
    variables: { id },
  })) {
    statuses.push(told.data?.videoStatus.status);
  }
  expect(statuses.at(-1)).toBe("COMPLETED");
});
