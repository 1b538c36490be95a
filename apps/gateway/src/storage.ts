import { join } from "node:path";
import type { FilesOptions, TransferOptions } from "@reelwire/engine";
import type { Configuration } from "./configuration.ts";

/** Which database it is, as the engine takes it. */
export function databaseOptions({ dataDir, databaseUrl }: Configuration): TransferOptions {
  return { dataDir, ...(databaseUrl === null ? {} : { databaseUrl }) };
}

/** Where a gateway's database is, for people; without the password. */
export function databasePlace({ databaseUrl, dataDir }: Configuration): string {
  if (databaseUrl === null) return `the embedded database in ${dataDir}`;
  const { host, pathname } = new URL(databaseUrl);
  return `the database ${decodeURIComponent(pathname.slice(1))} of PostgreSQL at ${host || "the local socket"}`;
}

/** Where the finished files go, as the engine takes it. */
export function filesOptions({ files, databaseUrl, dataDir }: Configuration): FilesOptions {
  if (files.kind === "s3") return { ...files, stagingDirectory: join(dataDir, "incoming") };
  // Nobody else has these files, so what a crash left can be cleared away at once.
  const isAlone = databaseUrl === null && !files.shared;
  return { kind: "disk", directory: files.directory, ...(isAlone ? { leftoverAgeMs: 0 } : {}) };
}

/** Where they are, for people. */
export function filesPlace({ files }: Configuration): string {
  return files.kind === "disk" ? files.directory : `the bucket ${files.bucket} at ${files.endpoint}`;
}
