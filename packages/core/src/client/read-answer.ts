import { type AnsweredError, errorFromAnswer, ReelwireError } from "./reelwire-error.ts";

/** What came back over HTTP. */
export interface Answered {
  /** Of HTTP. */
  status: number;
  body: string;
  /** Who answered, for people. */
  at: string;
}

/**
 * What the gateway's answer to an operation means.
 *
 * @param body the answer as text
 * @throws {ReelwireError} what the gateway refused with; `BAD_ANSWER` where what answered is no gateway
 */
export function readAnswer<TResult>(status: number, body: string): TResult {
  return readAnswered({ status, body, at: "there" }, (answer: { data?: TResult | null }) => answer.data);
}

/**
 * The same for any answer of the gateway's.
 *
 * @param read takes from the answer what was asked for, if it is there
 */
export function readAnswered<TAnswer, TResult>(
  { status, body, at }: Answered,
  read: (answer: TAnswer) => TResult | null | undefined,
): TResult {
  let answer: (TAnswer & { errors?: readonly AnsweredError[] }) | null = null;
  try {
    answer = JSON.parse(body);
  } catch {
    // Told below, as any answer that is no gateway's.
  }
  if (answer?.errors?.length) throw errorFromAnswer(answer.errors);
  const result = answer && read(answer);
  if (result != null) return result;
  // What stands before the gateway answers so while the gateway is starting, stopping or too busy.
  const retryable = status >= 500 || status === 429;
  throw new ReelwireError({ code: "BAD_ANSWER", message: `No gateway answers ${at}: ${status}.`, retryable });
}
