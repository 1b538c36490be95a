import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { parse, validate } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schema } from "../src/graphql/schema.ts";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

const root = new URL("../../../", import.meta.url);
const run = promisify(execFile);
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ emulator: { clock: "real", durationMs: 200 } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const readme = await readFile(new URL("README.md", root), "utf8");

/** The blocks of a document in a language. */
function blocks(language: string, document = readme): string[] {
  return [...document.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, of, text = ""]) =>
    of === language ? text : [],
  );
}

/** A text with the address of the gateway under test in place of the usual one. */
function addressed(text: string): string {
  expect(text).toContain("http://127.0.0.1:4000/graphql");
  return text.replaceAll("http://127.0.0.1:4000", gateway.url);
}

test.each([
  ["README.md", 3],
  ["docs/authentication.md", 1],
  ["docs/spending.md", 2],
  ["docs/webhooks.md", 3],
])("the operations in %s are valid against the schema", async (file, count) => {
  const operations = blocks("graphql", await readFile(new URL(file, root), "utf8"));
  expect(operations).toHaveLength(count);
  for (const operation of operations) expect(validate(schema, parse(operation))).toEqual([]);
});

test("the README's curl makes a video, and the same one when it is sent again", async () => {
  const [curl = ""] = blocks("sh").filter((text) => text.startsWith("curl "));
  const send = async () => JSON.parse((await run("sh", ["-c", addressed(curl)])).stdout);
  const { data, errors } = await send();
  expect(errors).toBeUndefined();
  expect(data.createVideo).toEqual({
    reused: false,
    video: { id: expect.stringMatching(/^video_/), status: "ACCEPTED" },
  });
  const again = (await send()).data.createVideo;
  expect([again.reused, again.video.id]).toEqual([true, data.createVideo.video.id]);
});

describe("the README's program", () => {
  const file = new URL("examples/client/src/main.ts", root);

  test("is examples/client", async () => {
    expect(blocks("ts")).toEqual([await readFile(file, "utf8")]);
  });

  test.each([
    ["a paper boat", /^COMPLETED 1 (http:\S+) null\n$/m],
    ["a paper boat [fault:invalid-body]", /^FAILED .*code: 'UPSTREAM_INPUT_REJECTED'/ms],
  ])("runs to the end of %s", async (prompt, end) => {
    const program = addressed(await readFile(file, "utf8")).replace("a paper boat", prompt);
    const { stdout } = await run(process.execPath, ["--input-type=module-typescript", "--eval", program], {
      cwd: new URL("examples/client/", root),
    });
    const [, url] = end.exec(stdout) ?? expect.fail(stdout);
    if (url !== undefined) expect((await fetch(url)).headers.get("content-type")).toBe("video/mp4");
  });
});
