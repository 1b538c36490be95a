import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { ResolveName } from "../../src/guarded-fetch/guarded-lookup.ts";
import { BUILT_IN_VIEWER, type WebhookDelivery } from "../../src/index.ts";
import { finished, make, startTestEngine, type TestEngine } from "../test-engine.ts";
import { deliveryOnce } from "./deliveries.ts";
import { type Answer, answering, startReceiver } from "./receiver.ts";

const documentation = readFileSync(new URL("../../../../docs/webhooks.md", import.meta.url), "utf8");

/** What a receiver does, as docs/webhooks.md has it, and how it does it: at first, and where that is the end of it, for ever. */
interface Behaviour {
  does: string;
  answer: Answer;
  /** What the documentation says becomes of it. */
  becomes: string;
  /** Codes of the attempts, in order; the last may be more of them. */
  attempts: (string | null)[];
  ends: "DELIVERED" | "FAILED";
}

const first =
  (answer: (response: ServerResponse) => void): Answer =>
  (response, nth) => {
    if (nth === 0) answer(response);
    else response.end("at last");
  };

const TRIED_AGAIN = "tried again, and delivered once it answers 2xx";

const behaviours: Behaviour[] = [
  {
    does: "answers 200, or any other 2xx",
    answer: answering(204),
    becomes: "delivered",
    attempts: [null],
    ends: "DELIVERED",
  },
  {
    does: "answers 500",
    answer: answering(500, 503, 200),
    becomes: `\`BAD_STATUS\`: ${TRIED_AGAIN}`,
    attempts: ["BAD_STATUS", "BAD_STATUS", null],
    ends: "DELIVERED",
  },
  {
    does: "answers 404",
    answer: answering(404, 200),
    becomes: `\`BAD_STATUS\`: ${TRIED_AGAIN}`,
    attempts: ["BAD_STATUS", null],
    ends: "DELIVERED",
  },
  {
    does: "answers 409, as n8n does until it has paused",
    answer: answering(409, 200),
    becomes: `\`BAD_STATUS\`: ${TRIED_AGAIN}`,
    attempts: ["BAD_STATUS", null],
    ends: "DELIVERED",
  },
  {
    does: "answers 429 with `Retry-After`",
    answer: first((response) => response.writeHead(429, { "retry-after": "1" }).end()),
    becomes: "`BAD_STATUS`: tried again when it asks for that, at most three hours later",
    attempts: ["BAD_STATUS", null],
    ends: "DELIVERED",
  },
  {
    does: "answers 410",
    answer: answering(410),
    becomes: "`GONE`: failed at once; a webhook is switched off",
    attempts: ["GONE"],
    ends: "FAILED",
  },
  {
    does: "answers 500 for two days",
    answer: answering(500),
    becomes: "`BAD_STATUS`: failed, after at least ten tries",
    attempts: Array.from({ length: 10 }, () => "BAD_STATUS"),
    ends: "FAILED",
  },
  {
    does: "redirects",
    answer: first((response) => response.writeHead(307, { location: "/elsewhere" }).end()),
    becomes: "`REDIRECTED`: not followed; tried again",
    attempts: ["REDIRECTED", null],
    ends: "DELIVERED",
  },
  {
    does: "does not answer",
    answer: first(() => {}),
    becomes: "`TIMED_OUT` after 10 s: tried again",
    attempts: ["TIMED_OUT", null],
    ends: "DELIVERED",
  },
  {
    does: "cuts the connection without an answer",
    answer: first((response) => response.destroy()),
    becomes: "`UNREACHABLE`: tried again",
    attempts: ["UNREACHABLE", null],
    ends: "DELIVERED",
  },
  {
    does: "answers 200, and never ends its answer",
    answer: (response) => response.writeHead(200).write("and then"),
    becomes: "delivered; the answer is cut off 15 s after the request",
    attempts: [null],
    ends: "DELIVERED",
  },
  {
    does: "answers 200 with a huge answer",
    answer: (response) => response.end("x".repeat(20_000_000)),
    becomes: "delivered; the first 1,000 characters are kept, and hardly more is read",
    attempts: [null],
    ends: "DELIVERED",
  },
  {
    does: "answers 200, and breaks off in its answer",
    answer: (response) => {
      response.writeHead(200, { "content-length": 1_000 }).write("half", () => response.destroy());
    },
    becomes: "delivered",
    attempts: [null],
    ends: "DELIVERED",
  },
];

const codes = (delivery: WebhookDelivery) => delivery.attempts.map(({ errorCode }) => errorCode);
const hasEnded = ({ status }: WebhookDelivery) => status !== "PENDING";

/** What docs/webhooks.md says of a receiver. */
const row = (does: string, becomes: string) => `| ${does} | ${becomes} |`;

describe("invariant 12: what becomes of a delivery whose receiver", () => {
  let t: TestEngine;
  beforeAll(async () => {
    const timing = { webhookAnswerMs: 400, webhookAttemptMs: 600, webhookGiveUpMs: 0, webhookRetryLongestMs: 1_000 };
    t = await startTestEngine({
      allowPrivateAddresses: true,
      random: () => 0,
      timing: { ...timing, webhookRetryFirstMs: 10 },
    });
  });
  afterAll(() => t[Symbol.asyncDispose]());

  test.each(behaviours)("$does", async ({ does, answer, becomes, attempts, ends }) => {
    const receiver = await startReceiver(answer);
    const { id: videoId } = await make(t.engine, { callbackUrl: `${receiver.url}callback` });
    const delivery = await deliveryOnce(t.engine, hasEnded, { videoId });
    expect(codes(delivery)).toEqual(attempts);
    expect(delivery.status).toBe(ends);
    expect(receiver.received).toHaveLength(attempts.length);
    // The same id at every attempt, and nothing that was redirected.
    expect(new Set(receiver.received.map(({ path, headers }) => `${path} ${headers["webhook-id"]}`))).toEqual(
      new Set([`/callback ${delivery.id}`]),
    );
    for (const { responseBody } of delivery.attempts) expect(responseBody?.length ?? 0).toBeLessThanOrEqual(1_000);
    expect(documentation).toContain(row(does, becomes));
  });

  test("is slow: it is waited for", async () => {
    const held = Promise.withResolvers<ServerResponse>();
    const receiver = await startReceiver((response) => held.resolve(response));
    const { id: videoId } = await make(t.engine, { callbackUrl: receiver.url });
    const response = await held.promise;
    expect(await t.engine.webhooks.deliveries(BUILT_IN_VIEWER, { videoId }, 1)).toMatchObject([
      { status: "PENDING", attempts: [] },
    ]);
    response.end("at last");
    expect(await deliveryOnce(t.engine, hasEnded, { videoId })).toMatchObject({
      status: "DELIVERED",
      attempts: [{ statusCode: 200, responseBody: "at last" }],
    });
    expect(documentation).toContain(row("is slow, and answers 2xx within 10 s", "delivered"));
  });

  test("refuses connections: it is tried again", async () => {
    const taken = await listening(createServer());
    const { port } = taken;
    await taken.close();
    const { id: videoId } = await make(t.engine, { callbackUrl: `http://127.0.0.1:${port}/` });
    const refused = await deliveryOnce(t.engine, ({ attempts }) => attempts.length > 1, { videoId });
    expect(new Set(codes(refused))).toEqual(new Set(["UNREACHABLE"]));
    expect(documentation).toContain(row("refuses connections, or its name is not found", "`UNREACHABLE`: tried again"));
  });

  test.each([
    ["http", "speaks no HTTP"],
    ["https", "has no TLS at an `https` address"],
  ])("at %s %s", async (scheme, does) => {
    const garbage = createServer((socket) => {
      socket.on("error", () => {}).resume();
      socket.end("SSH-2.0-OpenSSH_9.9\r\n");
    });
    const { port } = await listening(garbage);
    const { id: videoId } = await make(t.engine, { callbackUrl: `${scheme}://127.0.0.1:${port}/` });
    const delivery = await deliveryOnce(t.engine, hasEnded, { videoId });
    expect(delivery.status).toBe("FAILED");
    expect(new Set(codes(delivery))).toEqual(new Set(["UNREACHABLE"]));
    expect(documentation).toContain(row(does, "`UNREACHABLE`: tried again"));
  });
});

describe("what becomes of a delivery whose receiver's name", () => {
  test("is at a public address when the webhook is made, and at a private one later: nothing is sent, and the webhook stays on", async () => {
    const receiver = await startReceiver();
    const addresses = ["203.0.114.1", "127.0.0.1"];
    const asked: string[] = [];
    const resolveReceiver: ResolveName = (hostname, _, callback) => {
      asked.push(hostname);
      callback(null, [{ address: addresses[Math.min(asked.length, addresses.length) - 1] ?? "", family: 4 }]);
    };
    await using t = await startTestEngine({
      resolveReceiver,
      timing: { webhookGiveUpMs: 0, webhookFailingMs: 0 },
    });
    const { port } = new URL(receiver.url);
    const url = `http://rebinding.example:${port}/`;
    const { webhook } = await t.engine.webhooks.create(BUILT_IN_VIEWER, { url, events: ["video.finished"] });
    expect(asked).toEqual(["rebinding.example"]);
    await finished(t.engine, (await make(t.engine)).id);
    const delivery = await deliveryOnce(t.engine, hasEnded);
    expect(delivery.status).toBe("FAILED");
    expect(new Set(codes(delivery))).toEqual(new Set(["ADDRESS_NOT_ALLOWED"]));
    expect(receiver.received).toEqual([]);
    expect(await t.engine.webhooks.find(BUILT_IN_VIEWER, webhook.id)).toMatchObject({
      failingSince: null,
      disabledAt: null,
    });
    expect(documentation).toContain(
      row(
        "has come to be at a private address since it was made",
        "`ADDRESS_NOT_ALLOWED`: nothing is sent; tried again. A webhook is not switched off for it",
      ),
    );
  });

  test("changes its address between the check and the connection: it is connected to what was checked", async () => {
    const receiver = await startReceiver();
    let asked = 0;
    await using t = await startTestEngine({
      allowPrivateAddresses: true,
      // Nothing is there the second time.
      resolveReceiver: (_, __, callback) => {
        asked += 1;
        callback(null, [{ address: asked % 2 === 0 ? "127.0.0.1" : "127.0.0.2", family: 4 }]);
      },
    });
    const { port } = new URL(receiver.url);
    const { id: videoId } = await make(t.engine, { callbackUrl: `http://changing.example:${port}/` });
    const delivery = await deliveryOnce(t.engine, hasEnded, { videoId });
    expect(codes(delivery)).toEqual([null]);
    // Once when it was made, and once for the attempt.
    expect(asked).toBe(2);
    expect(documentation).toContain(
      row(
        "changes its address between the check and the connection",
        "connected to what was checked: a name is resolved once an attempt",
      ),
    );
  });
});

describe("a receiver that may not be sent to", () => {
  const known: Record<string, string[]> = {
    "inside.example": ["192.168.1.1"],
    "both.example": ["1.1.1.1", "10.0.0.1"],
  };
  let t: TestEngine;
  beforeAll(async () => {
    t = await startTestEngine({
      resolveReceiver(hostname, _, callback) {
        const addresses = (known[hostname] ?? []).map((address) => ({ address, family: 4 }));
        const error = Object.assign(new Error(hostname), {
          code: hostname === "away.example" ? "EAI_AGAIN" : "ENOTFOUND",
        });
        callback(addresses.length === 0 ? error : null, addresses);
      },
    });
  });
  afterAll(() => t[Symbol.asyncDispose]());

  async function assertRefused(url: string, message: unknown): Promise<void> {
    const making = t.engine.webhooks.create(BUILT_IN_VIEWER, { url, events: ["video.failed"] });
    await expect(making).rejects.toMatchObject({ code: "BAD_INPUT", issues: [{ path: ["url"], message }] });
    await expect(make(t.engine, { callbackUrl: url })).rejects.toMatchObject({
      code: "BAD_INPUT",
      issues: [{ path: ["callbackUrl"], message }],
    });
    expect(await t.engine.webhooks.list(BUILT_IN_VIEWER)).toEqual([]);
    expect(await t.engine.videos(BUILT_IN_VIEWER, {}, { limit: 1 })).toEqual([]);
  }

  test.each([
    ["a loopback address", "http://127.0.0.1:8080/hook"],
    ["a loopback address of IPv6", "http://[::1]/hook"],
    ["a private address", "https://10.1.2.3/"],
    ["where clouds keep credentials", "http://169.254.169.254/latest"],
    ["an address of carriers", "http://100.64.0.1/"],
    ["a private address written oddly", "http://0x7f.1/"],
    ["a name at a private address", "http://inside.example/"],
    ["a name at a public and a private address", "http://both.example/"],
  ])("is refused when it is made: %s", async (_, url) => {
    await assertRefused(url, expect.stringContaining("REELWIRE_ALLOW_PRIVATE_ADDRESSES"));
    const refused = "refused with `BAD_INPUT`: there is no webhook, and no video";
    expect(documentation).toContain(row("is at a private, loopback or link-local address when it is made", refused));
  });

  test("is refused when it is made: a name that does not exist", async () => {
    await assertRefused("http://nowhere.example/", "There is no host nowhere.example.");
  });

  test("is not refused while its name cannot be looked up: delivery looks again", async () => {
    const made = await t.engine.webhooks.create(BUILT_IN_VIEWER, {
      url: "http://away.example/",
      events: ["video.failed"],
    });
    expect(await t.engine.webhooks.delete(BUILT_IN_VIEWER, made.webhook.id)).toEqual(made.webhook);
  });
});

async function listening(server: Server): Promise<{ port: number; close(): Promise<void> }> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    await closed;
  };
  onTestFinished(close);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, close };
}
