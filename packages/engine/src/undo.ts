/** Ends one thing that was started. */
export type Undo = () => Promise<unknown>;

/**
 * Ends all that was started, the newest first, each even where another one fails.
 *
 * @throws what the first that failed threw
 */
export async function undo(started: Undo[]): Promise<void> {
  const end = started.pop();
  if (end === undefined) return;
  try {
    await end();
  } finally {
    await undo(started);
  }
}
