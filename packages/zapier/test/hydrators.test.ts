import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { type Answer, startAnswering } from "./answering-server.ts";
import { type Refusal, refusalOf } from "./refusal-of.ts";
import { startZapier } from "./zapier-stand-in.ts";

/** What asking for a file fails with, where the gateway answers for the file like this. */
async function refusedWith(file: Answer): Promise<Refusal & { url: string }> {
  const answer = ({ url, headers }: IncomingMessage): Answer =>
    url === "/graphql"
      ? {
          body: JSON.stringify({
            data: { video: { id: "video_1", status: "COMPLETED", url: `http://${headers.host}/v.mp4` } },
          }),
        }
      : file;
  await using gateway = await startAnswering(answer);
  await using zapier = await startZapier({ url: gateway.url, apiKey: "rwk_key" });
  const refusal = await refusalOf(zapier.run("hydrators.videoFile", { inputData: { id: "video_1" } }));
  expect(gateway.requests.map((request) => request.headers.authorization)).toEqual(["Bearer rwk_key", undefined]);
  return { ...refusal, url: `${gateway.url}/v.mp4` };
}

test("a file that is larger than Zapier takes halts the run, and says where it is", async () => {
  const { name, message, url } = await refusedWith({ headers: { "content-length": 130_000_000 }, body: "a beginning" });
  expect({ name, message }).toEqual({
    name: "HaltedError",
    message: `The file has 130 MB, more than Zapier takes. It is at ${url}`,
  });
});

test("a file that cannot be had right now is an error, which is replayed", async () => {
  expect(await refusedWith({ status: 503, body: "Busy" })).toMatchObject({
    name: "AppError",
    code: "FILE_UNAVAILABLE",
    message: "The file of video_1 cannot be had right now: 503.",
  });
});
