import { ReelwireError } from "@reelwire/react";
import { expect, test } from "vitest";
import { EMPTY_DRAFT } from "../src/create/draft.ts";
import { checkDraft, errorsFromGateway } from "../src/create/field-errors.ts";
import { refusalWords } from "../src/create/refusal-words.ts";

function refused(code: string, parts: Partial<ConstructorParameters<typeof ReelwireError>[0]> = {}): ReelwireError {
  return new ReelwireError({ code, message: `${code} it is.`, retryable: false, ...parts });
}

test("what can be seen to be wrong is seen before it is sent", () => {
  expect(checkDraft({ ...EMPTY_DRAFT, prompt: " " }, 10)).toEqual({ prompt: "Say what the video should show." });
  expect(checkDraft({ ...EMPTY_DRAFT, prompt: "x".repeat(12), maxUsd: "0" }, 10)).toEqual({
    prompt: "The prompt is 2 characters too long.",
    maxUsd: "Give US dollars, more than 0: for example 0.50.",
  });
  expect(checkDraft({ ...EMPTY_DRAFT, prompt: "x", maxUsd: "0.10" }, 10)).toEqual({});
});

test("what the gateway finds wrong is said at its fields, the first thing of each", () => {
  const issues = [
    { path: ["prompt"], message: "Too long." },
    { path: ["prompt"], message: "Not storable." },
    { path: ["input", "imageUrl"], message: "No image." },
  ];
  expect(errorsFromGateway(refused("BAD_INPUT", { issues }))).toEqual({ prompt: "Too long.", imageUrl: "No image." });
  expect(errorsFromGateway(refused("EXTERNAL_ID_TAKEN"))).toHaveProperty("externalId");
});

test("what is of no field is said of the whole", () => {
  expect(errorsFromGateway(refused("BAD_INPUT", { issues: [{ path: [], message: "Not so." }] }))).toBeNull();
  expect(errorsFromGateway(refused("PRICE_TOO_HIGH"))).toBeNull();
});

test("a refusal says what to do", () => {
  const budget = {
    kind: "SUBJECT",
    period: "DAY",
    limitUsd: 5,
    leftUsd: 0.12,
    renewsAt: "2026-11-23T00:00:00.000Z",
  } as const;
  expect(refusalWords(refused("BUDGET_EXCEEDED", { budget })).text).toMatch(
    /^Your budget has \$0\.12 left today\. It renews /,
  );
  expect(refusalWords(refused("BUDGET_EXCEEDED", { budget: { ...budget, leftUsd: null } })).text).toContain(
    "too little",
  );
  expect(refusalWords(refused("RATE_LIMITED", { retryAfterMs: 12_000 })).text).toBe(
    "Nothing was made. Try again in 12 s.",
  );
  expect(refusalWords(refused("NETWORK")).text).toContain("not paid for twice");
  expect(refusalWords(refused("SOMETHING_NEW")).text).toBe("SOMETHING_NEW it is.");
});
