import { ArchiveError, type ArchiveErrorCode } from "./archive-error.ts";

const CODES: Readonly<Record<string, [ArchiveErrorCode, string]>> = {
  ENOSPC: ["ARCHIVE_FULL", "The archive's disk is full."],
  EDQUOT: ["ARCHIVE_FULL", "The archive's disk quota is used up."],
  EACCES: ["ARCHIVE_NOT_WRITABLE", "The archive's directory may not be used by this process."],
  EPERM: ["ARCHIVE_NOT_WRITABLE", "The archive's directory may not be used by this process."],
  EROFS: ["ARCHIVE_NOT_WRITABLE", "The archive's file system is read-only."],
  ENOENT: ["ARCHIVE_NOT_WRITABLE", "The archive's directory is missing."],
  ENOTDIR: ["ARCHIVE_NOT_WRITABLE", "The archive's directory is not a directory."],
};

/** What an error of the file system means for the archive. The error itself becomes the cause. */
export function diskError(error: unknown): ArchiveError {
  const [code, message] = CODES[systemCode(error)] ?? (["ARCHIVE_FAILED", "The archive's disk failed."] as const);
  return new ArchiveError(code, message, { cause: error });
}

/** Does something with the file system. @throws ArchiveError */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(error);
  }
}

/** For `catch`: nothing, where a file or directory is missing; other errors are thrown on. */
export function nullIfMissing(error: unknown): null {
  if (systemCode(error) === "ENOENT") return null;
  throw error;
}

/** The system's name for an error (`ENOENT`), or an empty string. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
