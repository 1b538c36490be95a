import { getSystemErrorMessage } from "node:util";

/** What the operating system says about a file: its code, as `ENOENT`, and the same in words; `null`: it is another error. */
export function systemReason(error: unknown): { code: string; words: string } | null {
  if (!(error instanceof Error) || !("errno" in error) || !("code" in error)) return null;
  const { errno, code } = error;
  return typeof errno === "number" && typeof code === "string" ? { code, words: getSystemErrorMessage(errno) } : null;
}
