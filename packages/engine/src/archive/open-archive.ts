import type { Archive } from "./archive.ts";
import { type DiskArchiveOptions, openDiskArchive } from "./disk.ts";
import { openS3Archive, type S3ArchiveOptions } from "./s3.ts";

/** Where finished files live: in a directory, or in a bucket of an S3-compatible store. */
export type FilesOptions = ({ kind: "disk" } & DiskArchiveOptions) | ({ kind: "s3" } & S3ArchiveOptions);

/**
 * Opens the archive of the kind that is asked for.
 *
 * @throws ArchiveError with a message that says what to do
 */
export function openArchive(options: FilesOptions): Promise<Archive> {
  return options.kind === "s3" ? openS3Archive(options) : openDiskArchive(options);
}
