import { describe, expect, test } from "vitest";
import { errorFromBreak } from "../../src/upstream/error-from-break.ts";
import { clientOf, failureOf, REQUEST, SUBMIT } from "./fixtures.ts";

/** As Node's fetch throws it. */
const fetchFailed = (cause: object) => new TypeError("fetch failed", { cause });
const system = (code: string, syscall?: string) => Object.assign(new Error("any text"), { code, syscall });

const judge = (cause: unknown) => errorFromBreak({ kind: "submit", stage: "under_way", cause, signal: undefined });

describe("invariant 2: only where no byte of HTTP can be out, nothing was accepted", () => {
  test.each([
    ["refused", system("ECONNREFUSED", "connect")],
    ["no such host", system("ENOTFOUND", "getaddrinfo")],
    ["no answer of DNS", system("EAI_AGAIN", "getaddrinfo")],
    ["no route while connecting", system("EHOSTUNREACH", "connect")],
    ["no network while connecting", system("ENETUNREACH", "connect")],
    ["no answer while connecting", system("ETIMEDOUT", "connect")],
    ["undici's own limit of connecting", system("UND_ERR_CONNECT_TIMEOUT")],
    ["a certificate that has expired", system("CERT_HAS_EXPIRED")],
    ["every address of a name", new AggregateError([system("ETIMEDOUT", "connect"), system("ENETUNREACH", "connect")])],
  ])("%s", (_, cause) => {
    expect(judge(fetchFailed(cause))).toMatchObject({
      code: "UNREACHABLE",
      outcome: "not_accepted",
      retryable: true,
    });
  });

  test.each([
    ["reset", system("ECONNRESET", "read")],
    ["broken pipe", system("EPIPE", "write")],
    ["no route under an open connection", system("EHOSTUNREACH", "read")],
    ["no answer under an open connection", system("ETIMEDOUT", "read")],
    ["undici's closed socket", system("UND_ERR_SOCKET")],
    ["nothing known", {}],
  ])("not of: %s", (_, cause) => {
    expect(judge(fetchFailed(cause))).toMatchObject({ code: "CONNECTION_LOST", outcome: "unknown", retryable: false });
  });

  test.each([
    ["UND_ERR_HEADERS_TIMEOUT", "TIMED_OUT"],
    ["UND_ERR_BODY_TIMEOUT", "TIMED_OUT"],
  ])("nor of %s", (code, expected) => {
    expect(judge(fetchFailed(system(code)))).toMatchObject({ code: expected, outcome: "unknown" });
  });

  test.each([undefined, null, "text", 5])("whatever else is thrown: %j", (cause) => {
    expect(judge(cause)).toMatchObject({ code: "CONNECTION_LOST", outcome: "unknown" });
  });

  test("causes that go round in a circle", () => {
    const error = new Error("a");
    error.cause = error;
    expect(judge(error)).toMatchObject({ outcome: "unknown" });
  });
});

test("through the client, with a fetch of one's own", async () => {
  const { client } = clientOf("https://api.example.com", {
    fetch: () => Promise.reject(fetchFailed(system("ENOTFOUND", "getaddrinfo"))),
  });
  const error = await failureOf(client.submit(REQUEST, SUBMIT));
  expect(error).toMatchObject({ code: "UNREACHABLE", message: "The upstream cannot be reached. (ENOTFOUND)" });
});
