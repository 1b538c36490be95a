import fs from "node:fs";
import path from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/**
 * PGlite's own start parameters without `-F` (no fsync), and with the one sync method that reaches the file system:
 * `fdatasync`, the default, ends in a stub of the WASM runtime, while `fsync` is looked up in `stream_ops`.
 */
export const durableStartParams: string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
  "-c",
  "fsync=on",
  "-c",
  "wal_sync_method=fsync",
  "-c",
  "synchronous_commit=on",
  "-c",
  "full_page_writes=on",
];

/**
 * A directory on disk as PGlite sees it, where fsync is an fsync. PGlite 0.5's own `NodeFS` has none: a commit is lost when
 * the machine stops. Only together with `durableStartParams`.
 */
export class DurableNodeFs extends NodeFS {
  override async init(...[pglite, options]: Parameters<NodeFS["init"]>): ReturnType<NodeFS["init"]> {
    const { emscriptenOpts } = await super.init(pglite, options);
    const addFsync = (module: { NODEFS: NodeFileSystem }) => {
      const { NODEFS } = module;
      NODEFS.stream_ops.fsync = (stream) => {
        NODEFS.tryFSOperation(() => fs.fsyncSync(stream.nfd));
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [addFsync, ...(emscriptenOpts.preRun ?? [])] } };
  }
}

/** What is used of Emscripten's NODEFS; PGlite's types leave it open. */
interface NodeFileSystem {
  stream_ops: { fsync?: (stream: { nfd: number }) => number };
  /** Turns Node's error into the errno that PostgreSQL expects. */
  tryFSOperation(operation: () => void): void;
}

/** Makes a directory and all below it durable, for files that were written before there was an fsync. */
export function fsyncTree(directory: string): void {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const entryPath = path.join(directory, entry.name);
    if (entry.isDirectory()) fsyncTree(entryPath);
    else if (entry.isFile()) fsyncPath(entryPath);
  }
  fsyncPath(directory);
}

/** Makes one file's content, or one directory's list of names, durable. */
export function fsyncPath(file: string): void {
  // Windows opens no directories; there NTFS journals names by itself.
  if (process.platform === "win32" && fs.statSync(file).isDirectory()) return;
  const descriptor = fs.openSync(file, process.platform === "win32" ? "r+" : "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
