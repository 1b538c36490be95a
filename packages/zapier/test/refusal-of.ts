/** An error of the platform's, as Zapier reads it. */
export interface Refusal {
  /** `HaltedError`, `AppError`, `ThrottledError`, `ExpiredAuthError`. */
  name: string;
  message: string;
  code?: string;
  /** In seconds. */
  delay?: number;
}

/** What a run fails with; rejects when it does not. Two of the platform's errors have JSON for a message. */
export async function refusalOf(run: Promise<unknown>): Promise<Refusal> {
  const error = await run.then(
    (result) => {
      throw new Error(`It did not fail: ${JSON.stringify(result)}`);
    },
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error(`No error: ${error}`);
  if (error.name === "AppError" || error.name === "ThrottledError") {
    return { name: error.name, ...JSON.parse(error.message) };
  }
  // Other errors are told with what led to them.
  return { name: error.name, message: error.message.split("\nWhat happened:")[0] ?? "" };
}
