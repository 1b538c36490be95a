import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ReelwireError } from "../../src/client/index.ts";
import { quickClient, tokens } from "./client-fixtures.ts";
import { answer, ScriptedGateway } from "./scripted-gateway.ts";

const ASK = "{ __typename }";

/** What a function may throw that asks a gateway for tokens, with a key that was revoked. */
const REVOKED = new ReelwireError({ code: "UNAUTHENTICATED", message: "Revoked.", retryable: false });

/** What a call ends with. */
const outcome = (call: Promise<unknown>) => call.catch((error: unknown) => error);

describe("what is sent", () => {
  test("a token that is given, with every call", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { token: "rwk_secret" });
    await client.request(ASK, {});
    await client.video("video_1");
    expect(gateway.authorizations).toEqual(["Bearer rwk_secret", "Bearer rwk_secret"]);
  });

  test("nothing without one", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    await client.request(ASK, {});
    expect(gateway.authorizations).toEqual([undefined]);
  });

  test("a function is asked when the first call is made, once for all calls", async () => {
    await using gateway = await ScriptedGateway.start();
    const { token, given } = tokens();
    using client = quickClient(gateway.url, { token });
    expect(given).toEqual([]);
    await Promise.all([client.request(ASK, {}), client.request(ASK, {}), client.video("video_1")]);
    await client.request(ASK, {});
    expect(given).toEqual(["t1"]);
    expect(gateway.authorizations).toEqual(Array(4).fill("Bearer t1"));
  });

  test("to no other address, wherever the gateway redirects to", async () => {
    await using gateway = await ScriptedGateway.start();
    await using other = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { token: "rwk_secret" });
    gateway.replies.push((response) => response.writeHead(307, { location: other.url }).end());
    expect(await outcome(client.request(ASK, {}))).toMatchObject({ code: "BAD_ANSWER", retryable: false });
    expect(other.authorizations).toEqual([]);
  });
});

describe("a token that is refused", () => {
  test("is exchanged, and the calls are sent again: one question for those in flight", async () => {
    await using gateway = await ScriptedGateway.start();
    const { token, given } = tokens();
    using client = quickClient(gateway.url, { token });
    gateway.admits = (sent) => (sent === "t1" ? false : null);
    const answers = await Promise.all([client.request(ASK, {}), client.request(ASK, {}), client.video("video_1")]);
    expect(answers).toEqual([{ __typename: "Query" }, { __typename: "Query" }, null]);
    expect(given).toEqual(["t1", "t2"]);
    expect(gateway.authorizations.toSorted()).toEqual(["t1", "t1", "t1", "t2", "t2", "t2"].map((t) => `Bearer ${t}`));
  });

  test("twice ends the call, and the next one asks anew", async () => {
    await using gateway = await ScriptedGateway.start();
    const { token, given } = tokens();
    using client = quickClient(gateway.url, { token });
    gateway.admits = (sent) => (sent === "t3" ? null : false);
    expect(await outcome(client.models())).toMatchObject({ code: "UNAUTHENTICATED", retryable: false });
    expect(given).toEqual(["t1", "t2"]);
    expect(await client.request(ASK, {})).toEqual({ __typename: "Query" });
    expect(given).toEqual(["t1", "t2", "t3"]);
  });

  test("ends the call at once where there is no other", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { token: "rwk_secret" });
    gateway.admits = () => false;
    const error = await outcome(client.models());
    expect(error).toMatchObject({ code: "UNAUTHENTICATED", retryable: false });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain("rwk_secret");
    expect(gateway.authorizations).toHaveLength(1);
  });

  test("as by a gateway that needs one, where none is given", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.admits = (sent) => (sent === undefined ? false : null);
    expect(await outcome(client.models())).toMatchObject({ code: "UNAUTHENTICATED", retryable: false });
    expect(gateway.authorizations).toHaveLength(1);
  });
});

describe("a function that gives no token", () => {
  test("by throwing: its error is the cause, and nothing is sent", async () => {
    await using gateway = await ScriptedGateway.start();
    const cause = new Error("Sign in again.");
    using client = quickClient(gateway.url, { token: () => Promise.reject(cause) });
    const error = await outcome(client.request(ASK, {}));
    expect(error).toBeInstanceOf(ReelwireError);
    expect(error).toMatchObject({ code: "TOKEN_UNAVAILABLE", retryable: true, cause });
    expect(gateway.authorizations).toEqual([]);
  });

  test("is asked again by calls that are tried again", async () => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    const token = () => {
      if (++asked < 3) throw new Error("Not now.");
      return "t3";
    };
    using client = quickClient(gateway.url, { token });
    expect(await client.video("video_1")).toBeNull();
    expect(gateway.authorizations).toEqual(["Bearer t3"]);
  });

  test.each([
    ["gives null", () => null, undefined],
    ["throws what may not be retried", () => Promise.reject(REVOKED), REVOKED],
  ])("for good, when it %s: no call is tried again, and the next one asks anew", async (_, no, cause) => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    using client = quickClient(gateway.url, { token: () => (++asked === 1 ? no() : "t2") });
    const error = await outcome(client.video("video_1"));
    expect(error).toBeInstanceOf(ReelwireError);
    expect(error).toMatchObject({ code: "TOKEN_UNAVAILABLE", retryable: false, cause });
    expect([asked, gateway.authorizations]).toEqual([1, []]);
    await client.video("video_1");
    expect([asked, gateway.authorizations]).toEqual([2, ["Bearer t2"]]);
  });

  test("for now, when it throws what may be retried", async () => {
    await using gateway = await ScriptedGateway.start();
    const cause = new ReelwireError({ code: "NETWORK", message: "Not now.", retryable: true });
    using client = quickClient(gateway.url, { token: () => Promise.reject(cause) });
    expect(await outcome(client.request(ASK, {}))).toMatchObject({ code: "TOKEN_UNAVAILABLE", retryable: true, cause });
  });

  test("in time", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { token: () => new Promise(() => {}), timeoutMs: 20 });
    expect(await outcome(client.request(ASK, {}))).toMatchObject({ code: "TOKEN_UNAVAILABLE" });
    expect(gateway.authorizations).toEqual([]);
  });

  test("before the caller's signal aborts", async () => {
    await using gateway = await ScriptedGateway.start();
    const controller = new AbortController();
    const token = () => {
      controller.abort(new Error("Enough."));
      return new Promise<string>(() => {});
    };
    using client = quickClient(gateway.url, { token });
    await expect(client.request(ASK, {}, { signal: controller.signal })).rejects.toThrow("Enough.");
  });

  test.each(["", "secret\n", "secret\r\nx-more: 1", "sécret"])(
    "but %j, which is none and is shown nowhere",
    async (text) => {
      await using gateway = await ScriptedGateway.start();
      using client = quickClient(gateway.url, { token: () => text });
      const error = await outcome(client.request(ASK, {}));
      expect(error).toMatchObject({ code: "TOKEN_UNAVAILABLE", cause: expect.any(TypeError) });
      expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain("cret");
      expect(() => quickClient(gateway.url, { token: text })).toThrow(expect.not.stringContaining("cret"));
      expect(() => quickClient(gateway.url, { token: text })).toThrow(TypeError);
    },
  );
});

test("an answer that is refused for another reason asks nobody anew", async () => {
  await using gateway = await ScriptedGateway.start();
  const { token, given } = tokens();
  using client = quickClient(gateway.url, { token });
  gateway.replies.push(answer(403, { errors: [{ message: "No.", extensions: { code: "FORBIDDEN" } }] }));
  expect(await outcome(client.models())).toMatchObject({ code: "FORBIDDEN", retryable: false });
  expect(given).toEqual(["t1"]);
});
