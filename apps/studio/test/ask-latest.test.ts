import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAskLatest } from "../src/create/ask-latest.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Asks nobody: each question waits for its answer. */
function createAsked() {
  const questions: { wanted: string; signal: AbortSignal; answer: PromiseWithResolvers<string> }[] = [];
  const told: unknown[] = [];
  const latest = createAskLatest<string, string>({
    ask(wanted, signal) {
      const answer = Promise.withResolvers<string>();
      questions.push({ wanted, signal, answer });
      return answer.promise;
    },
    answered: (answer) => told.push(answer),
    failed: (error) => told.push(error),
    delayMs: 250,
  });
  return { latest, questions, told };
}

test("what changes quickly is asked about once, as it was last", async () => {
  const { latest, questions, told } = createAsked();
  latest.want("a");
  await vi.advanceTimersByTimeAsync(249);
  latest.want("b");
  await vi.advanceTimersByTimeAsync(249);
  expect(questions).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(questions.map(({ wanted }) => wanted)).toEqual(["b"]);
  questions[0]?.answer.resolve("the price of b");
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(["the price of b"]);
});

test("an answer that comes after something else was wanted is not told", async () => {
  const { latest, questions, told } = createAsked();
  latest.want("a");
  await vi.advanceTimersByTimeAsync(250);
  latest.want("b");
  expect(questions[0]?.signal.aborted).toBe(true);
  questions[0]?.answer.resolve("the price of a");
  await vi.advanceTimersByTimeAsync(250);
  const refusal = new Error("no price");
  questions[1]?.answer.reject(refusal);
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual([refusal]);
});

test("nothing is asked or told once it is stopped", async () => {
  const { latest, questions, told } = createAsked();
  latest.want("a");
  await vi.advanceTimersByTimeAsync(250);
  latest.stop();
  questions[0]?.answer.reject(new Error("no price"));
  latest.want("b");
  latest.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(questions).toHaveLength(1);
  expect(told).toEqual([]);
});
