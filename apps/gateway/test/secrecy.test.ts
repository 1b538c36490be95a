import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLog } from "../src/log.ts";
import { withoutSecrets } from "../src/without-secrets.ts";
import { CREATE_VIDEO, startTestGateway, type TestGateway, VIDEO_STATUS } from "./test-gateway.ts";

/** What no line may hold: the middle of an image. */
const PIXELS = "iVBORw0KGgoAAAANSUhEUgAA";
const IMAGE = `data:image/png;base64,${PIXELS.repeat(2_000)}`;
const KEY = "sk-not-for-anybody-0123456789";
/** The secret part of an API key, and of a token. */
const RANDOM = "0zGq4mX1nB7yT3vK9cR5wE2sL8dJ6hF0aP4uN1iO7tM";
const API_KEY = `rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_${RANDOM}`;
const TOKEN = `eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c2VyLTQ3MTEifQ.${RANDOM}`;

let on: TestGateway;
beforeAll(async () => {
  on = await startTestGateway({ emulator: { apiKey: KEY } });
});
afterAll(() => on[Symbol.asyncDispose]());

describe("no log line holds a key, a token or an image (invariant 10)", () => {
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

  test.each([
    ["an API key", API_KEY],
    ["an access token", TOKEN],
  ])("when %s comes where none belongs, and no error says it", async (_what, credential) => {
    const missing = await fetch(`${on.url}/keys/${credential}`);
    const answers = [
      await missing.text(),
      await (await fetch(`${on.url}/graphql/%20${credential}`)).text(),
      ...(await Promise.all([
        on.graphql(`{ video(id: ${credential}) { id } }`),
        on.graphql("query ($id: Int!) { video(id: $id) { id } }", { id: credential }),
        on.graphql("mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id } } }", { id: credential }),
        on.graphql("mutation ($token: String!) { renewAccess(token: $token) { expiresAt } }", { token: credential }),
        on.graphql("{ models { id } }", {}, `${credential}x`),
      ])),
    ].map((answer) => JSON.stringify(answer));
    expect(missing.status).toBe(404);
    expect(answers[0]).toContain("[secret]");
    for (const answer of answers) expect(answer).not.toContain(RANDOM);
  });

  test("there are lines, at the lowest level, and none of them has it", () => {
    expect(on.logLines.length).toBeGreaterThan(20);
    expect(on.logLines.join("")).toContain("/keys/[secret]");
    expect(on.logLines.join("")).toContain("/keys/rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_[secret]");
    for (const line of on.logLines) {
      expect(line).not.toContain(KEY);
      expect(line).not.toContain(PIXELS);
      expect(line).not.toContain("signature=");
      expect(line).not.toContain(RANDOM);
    }
  });
});

test.each([
  ["alone", TOKEN, "[secret]"],
  ["after a scheme", `Bearer ${TOKEN}`, "Bearer [secret]"],
  ["among others", `"${TOKEN}","${API_KEY}"`, '"[secret]","rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_[secret]"'],
  [
    "after what an address escapes",
    `/x%20${TOKEN}?${API_KEY}`,
    "/x%20[secret]?rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_[secret]",
  ],
  ["cut off", API_KEY.slice(0, -3), "rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_[secret]"],
  ["of a key that is none", "rwk_x key_01kb3xrg9pf4bs2gq3yj3zc2tm", "rwk_x key_01kb3xrg9pf4bs2gq3yj3zc2tm"],
  ["of a token that is none", "eyJhbGci.eyJz eyJhbGci", "eyJhbGci.eyJz eyJhbGci"],
])("credentials are cut from a text, %s", (_where, text, cleaned) => {
  expect(withoutSecrets(text)).toBe(cleaned);
});

test("and from a log line after what JSON escapes", () => {
  const lines: string[] = [];
  const log = createLog({ level: "info", secrets: [], destination: { write: (line) => lines.push(line) } });
  log.info({ text: `a\n${TOKEN}\t${API_KEY}\u0007${TOKEN}` }, `"${TOKEN}"`);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    text: "a\n[secret]\trwk_01kb3xrg9pf4bs2gq3yj3zc2tm_[secret]\u0007[secret]",
    msg: '"[secret]"',
  });
});

test("a long text of what only begins like credentials is done with", () => {
  for (const text of ["eyJ", "eyJ.", "eyJ\\n", "rwk_", "a.eyJ-"].map((beginning) => beginning.repeat(300_000))) {
    expect(withoutSecrets(text)).not.toHaveLength(0);
  }
});
