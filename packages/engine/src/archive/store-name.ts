import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { diskError, systemCode } from "./disk-error.ts";
import type { FilesOptions } from "./open-archive.ts";

/** Holds an id in each directory of files, by which nodes find out that they share it, whatever each calls it. */
const ID_FILE = ".store-id";

/**
 * A name for a store of files, the same for every node that uses the same store and for no other. Made once the store is open.
 *
 * @throws {ArchiveError} when the directory cannot be read or written
 */
export async function storeName(files: FilesOptions): Promise<string> {
  if (files.kind === "s3")
    return `the bucket ${files.bucket} at ${files.endpoint}${files.keyPrefix ? `, below ${files.keyPrefix}` : ""}`;
  const path = join(files.directory, ID_FILE);
  try {
    await writeFile(path, `${randomUUID()}\n`, { flag: "wx" });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw diskError(error);
  }
  const id = await readFile(path, "utf8").catch((error: unknown) => {
    throw diskError(error);
  });
  return `a directory of its own (${id.trim().slice(0, 8)})`;
}
