import { expect, test } from "vitest";
import { readAnswer } from "../../src/client/read-answer.ts";
import { ReelwireError } from "../../src/client/reelwire-error.ts";

/** The error of an answer. */
function failure(status: number, body: string): ReelwireError {
  try {
    readAnswer(status, body);
  } catch (error) {
    if (error instanceof ReelwireError) return error;
    throw error;
  }
  throw new Error("It was no error.");
}

test("what was asked for", () => {
  expect(readAnswer(200, '{"data":{"video":null}}')).toEqual({ video: null });
});

test("the gateway's refusal, whatever the HTTP status, also beside something that was answered", () => {
  const errors = [{ message: "Slower.", extensions: { code: "RATE_LIMITED", retryAfterSeconds: 3 } }];
  for (const [status, body] of [
    [200, { errors }],
    [200, { data: { video: null }, errors }],
    [429, { errors }],
  ] as const) {
    expect(failure(status, JSON.stringify(body))).toMatchObject({
      code: "RATE_LIMITED",
      message: "Slower.",
      retryable: true,
      retryAfterMs: 3_000,
    });
  }
});

test.each([
  [200, "<html>", false],
  [200, "", false],
  [200, "null", false],
  [200, '{"hello":"world"}', false],
  [404, '{"data":null,"errors":[]}', false],
  [429, "Slow down", true],
  [502, "Bad Gateway", true],
])("no gateway's: %s %j", (status, body, retryable) => {
  const message = `No gateway answers there: ${status}.`;
  expect(failure(status, body)).toMatchObject({ code: "BAD_ANSWER", message, retryable });
});
