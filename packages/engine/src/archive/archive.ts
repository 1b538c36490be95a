import type { Readable } from "node:stream";

/**
 * Where finished files live. A key names a file: lower-case letters, digits, `_` and `-`, then one extension, as in
 * `video_01h455vb4pex5vsknk084sn02q.mp4`. What is stored under a key does not change: it is put once (again only by a
 * repeated attempt at the same copy) and deleted once.
 *
 * Every method throws `ArchiveError`.
 */
export interface Archive {
  /**
   * Stores a file durably, all of it or nothing: until it is complete, verified and on stable storage, nothing is seen
   * under its key, and after a failure or a crash nothing is left there. What cannot tell whether it succeeded fails,
   * and the file may be there all the same, whole.
   *
   * @param source the bytes; an error it throws is thrown on as it is
   */
  put(key: string, source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<{ bytes: number }>;

  /** What is stored under a key, without opening it; `null`: nothing is. Enough to answer `HEAD`. */
  stat(key: string): Promise<ArchivedFile | null>;

  /**
   * Opens a file for reading, or says where else it can be read; `null`: nothing is stored under the key.
   *
   * @param range which bytes, within the file's size as `stat` gives it. Default: all. Who follows a redirect sends
   *   their own `Range` header there.
   */
  open(key: string, range?: ByteRange, options?: OpenOptions): Promise<OpenedFile | null>;

  /** The whole of a small file, from wherever it is; `null`: nothing is stored under the key. */
  read(key: string): Promise<Uint8Array | null>;

  /** Deletes what is stored under a key; `false`: nothing was. */
  delete(key: string): Promise<boolean>;
}

export interface PutOptions {
  /** What a store is told that it is. Default: `video/mp4`. */
  contentType?: string;
  /**
   * Looks at the complete file while nobody else can see it. Throwing refuses the file: nothing is stored, and what it
   * threw is thrown on as it is.
   */
  verify?(file: StagedFile): Promise<void>;
}

/** A file that is complete on local disk and not yet visible under its key. */
export interface StagedFile {
  /** Readable until `verify` settles. */
  path: string;
  bytes: number;
}

export interface ArchivedFile {
  /** In bytes. */
  size: number;
  modifiedAt: Date;
}

/** Bytes `start` to `end` of a file, both counted from 0 and both included. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface OpenOptions {
  /** Has browsers that follow a redirect save the file, under its key, rather than play it. Default: false. */
  download?: boolean;
  /** As what those who follow a redirect get it. Default: `video/mp4`. */
  contentType?: string;
}

/** A file opened for reading. */
export type OpenedFile =
  /** Its bytes, `start` to `end` inclusive out of `size`. The stream must be read to its end or destroyed. */
  | { kind: "stream"; stream: Readable; size: number; start: number; end: number }
  /** An address, good for a while and for anyone, where a GET answers the file: redirect to it. */
  | { kind: "redirect"; url: string };
