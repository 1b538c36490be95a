import { type AnsweredError, errorFromAnswer, ReelwireError } from "./reelwire-error.ts";

/**
 * What the gateway's answer to an operation means.
 *
 * @param body the answer as text
 * @throws {ReelwireError} what the gateway refused with; `BAD_ANSWER` where what answered is no gateway
 */
export function readAnswer<TResult>(status: number, body: string): TResult {
  let answer: { data?: TResult | null; errors?: readonly AnsweredError[] } | null = null;
  try {
    answer = JSON.parse(body);
  } catch {
    // Told below, as any answer that is no gateway's.
  }
  if (answer?.errors?.length) throw errorFromAnswer(answer.errors);
  if (answer?.data != null) return answer.data;
  // What stands before the gateway answers so while the gateway is starting, stopping or too busy.
  const retryable = status >= 500 || status === 429;
  throw new ReelwireError({ code: "BAD_ANSWER", message: `No gateway answers there: ${status}.`, retryable });
}
