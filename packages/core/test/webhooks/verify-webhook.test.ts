import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type ReceivedHeaders, verifyWebhook, WebhookVerificationError } from "../../src/webhooks/index.ts";
import { ANOTHER_SECRET, BODY, ID, PAYLOAD, SECRET, signed, signedByHand } from "./signed.ts";

afterEach(() => {
  vi.useRealTimers();
});

const seconds = (at: number) => String(Math.floor(at / 1000));

describe("is believed", () => {
  test("what is signed by hand, as the specification says", () => {
    const timestamp = seconds(Date.now());
    const headers = {
      "webhook-id": ID,
      "webhook-timestamp": timestamp,
      "webhook-signature": signedByHand(SECRET, timestamp),
    };
    expect(verifyWebhook(BODY, headers, SECRET)).toEqual(PAYLOAD);
  });

  test.each([SECRET, ANOTHER_SECRET])("what is signed with this secret and another: %s", (secret) => {
    expect(verifyWebhook(BODY, signed([ANOTHER_SECRET, SECRET]), secret)).toEqual(PAYLOAD);
  });

  test("what has a signature of a kind to come as well", () => {
    const headers = signed();
    const signature = `v1a,c29tZXRoaW5nIGVsc2U= ${headers["webhook-signature"]}`;
    expect(verifyWebhook(BODY, { ...headers, "webhook-signature": signature }, SECRET)).toEqual(PAYLOAD);
  });

  test.each<[name: string, body: string | Uint8Array]>([
    ["a text", BODY],
    ["a Buffer", Buffer.from(BODY)],
    ["bytes", new TextEncoder().encode(BODY)],
    ["bytes in the middle of others", Buffer.from(`before${BODY}after`).subarray(6, 6 + Buffer.byteLength(BODY))],
  ])("a body that is %s", (_, body) => {
    expect(verifyWebhook(body, signed(), SECRET)).toEqual(PAYLOAD);
  });

  const upperCase = Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), value]));
  const lists = Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name, [value]]));
  const among = { host: "example.com", cookie: ["a=1", "b=2"], "content-length": undefined, ...signed() };
  test.each<[name: string, headers: ReceivedHeaders]>([
    ["those of fetch", new Headers({ ...signed() })],
    ["in capitals", upperCase],
    ["lists, as some platforms have them", lists],
    ["among others", among],
  ])("what has headers that are %s", (_, headers) => {
    expect(verifyWebhook(BODY, headers, SECRET)).toEqual(PAYLOAD);
  });

  test("what has come to a server of Node's", async () => {
    const received = Promise.withResolvers<{ headers: IncomingHttpHeaders; body: Buffer }>();
    const server = createServer(async (request, response) => {
      received.resolve({ headers: request.headers, body: Buffer.concat(await request.toArray()) });
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await fetch(`http://127.0.0.1:${port}`, { method: "POST", headers: { ...signed() }, body: BODY });
    const { headers, body } = await received.promise;
    server.close();
    server.closeAllConnections();
    expect(verifyWebhook(body, headers, SECRET)).toEqual(PAYLOAD);
  });
});

describe("is not believed", () => {
  const refused = (body: string | Uint8Array, headers: ReceivedHeaders, secret = SECRET) =>
    expect(() => verifyWebhook(body, headers, secret)).toThrow(WebhookVerificationError);

  test("what is signed with another secret", () => {
    refused(BODY, signed(), ANOTHER_SECRET);
  });

  test.each([
    ["another", BODY.replace("completed", "failed")],
    ["written again", JSON.stringify(PAYLOAD, null, 2)],
    ["with more at its end", `${BODY} `],
    ["with a mark at its beginning", `\uFEFF${BODY}`],
    ["with a mark at its beginning, in bytes", Buffer.from(`\uFEFF${BODY}`)],
    ["cut off", BODY.slice(0, -1)],
    ["empty", ""],
    ["no UTF-8", Buffer.concat([Buffer.from(BODY), Buffer.from([0xff])])],
  ])("a body that is %s", (_, body) => {
    refused(body, signed());
  });

  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"] as const)("what has no %s", (name) => {
    const { [name]: _, ...others } = signed();
    refused(BODY, others);
    refused(BODY, { ...others, [name]: "" });
    refused(BODY, { ...others, [name]: [] });
  });

  test.each([
    ["webhook-id", "delivery_01kb3xrg9pf4bs2gq3yj3zc2tn"],
    ["webhook-timestamp", seconds(Date.now() + 60_000)],
    ["webhook-timestamp", "now"],
    ["webhook-signature", "v1,"],
    ["webhook-signature", "v1"],
    ["webhook-signature", "undefined"],
    ["webhook-signature", signed()["webhook-signature"].replace("v1,", "v2,")],
    ["webhook-signature", signed()["webhook-signature"].replace("v1,", "")],
  ])("what has another %s: %s", (name, value) => {
    refused(BODY, { ...signed(), [name]: value });
  });

  test("what is older than five minutes, or newer", () => {
    vi.useFakeTimers({ now: Date.parse("2026-11-22T09:00:58.000Z") });
    const headers = signed();
    for (const [later, believed] of [
      [300_000, true],
      [301_000, false],
      [-300_000, true],
      [-301_000, false],
    ] as const) {
      vi.setSystemTime(Date.parse("2026-11-22T09:00:58.000Z") + later);
      if (believed) expect(verifyWebhook(BODY, headers, SECRET), `${later}`).toEqual(PAYLOAD);
      else refused(BODY, headers);
    }
  });

  test("what is signed and no JSON", () => {
    refused("boat", signed([SECRET], "boat"));
  });

  test("and the error says why, and not the secret", () => {
    expect(() => verifyWebhook("{}", signed(), SECRET)).toThrow(
      "This is no delivery to believe: No matching signature found.",
    );
    expect(() => verifyWebhook("{}", {}, SECRET)).toThrow("This is no delivery to believe: Missing required headers.");
  });
});

test.each(["", "whsec_", "whsec_not base64", "rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_0zGq"])(
  "a secret that can be none is the receiver's own mistake: %j",
  (secret) => {
    expect(() => verifyWebhook(BODY, signed(), secret)).toThrow(TypeError);
  },
);
