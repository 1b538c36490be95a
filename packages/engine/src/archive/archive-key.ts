import { ArchiveError } from "./archive-error.ts";

// Lower case only, so that keys stay apart on file systems that ignore case.
const KEY = /^[a-z0-9][a-z0-9_-]{0,127}\.[a-z0-9]{1,8}$/;

/**
 * Holds a key to the form that `Archive` describes, which leaves no way out of a directory.
 *
 * @throws ArchiveError `ARCHIVE_KEY_INVALID`
 */
export function assertArchiveKey(key: string): void {
  if (!KEY.test(key)) throw new ArchiveError("ARCHIVE_KEY_INVALID", "Not a key that a file can be stored under.");
}
