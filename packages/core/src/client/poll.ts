import { type Connection, parts } from "./connection.ts";
import { sendOperation } from "./send-operation.ts";
import type { TypedDocument } from "./typed-document.ts";

/** What an answer tells that is asked for again and again. */
export type Polled = "same" | "changed" | "final";

/**
 * Sends a query again and again, the later the longer its answer stays the same. Resolves when that is final; rejects with what a
 * query fails with, or with the signal's reason.
 *
 * @param begun called after the first answer
 */
export async function poll<TResult, TVariables>(
  connection: Connection,
  document: TypedDocument<TResult, TVariables>,
  variables: TVariables,
  read: (data: TResult) => Polled,
  begun: () => void,
  signal: AbortSignal,
): Promise<true> {
  const { pace, keepAliveMs } = connection[parts];
  // Where there is no network, it is better to know than to wait.
  const impatient = { ...connection, [parts]: { ...connection[parts], timeoutMs: keepAliveMs } };
  for (let isFirst = true; ; isFirst = false) {
    const polled = read(await sendOperation(impatient, document, variables, { signal }));
    if (isFirst) begun();
    if (polled === "final") return true;
    if (polled === "changed") pace.works();
    pace.failed(0);
    await pace.rested(signal);
  }
}
