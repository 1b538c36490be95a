#!/usr/bin/env node
/** What the newest of our dependencies needs. */
const [NEEDED_MAJOR, NEEDED_MINOR] = [22, 19];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > NEEDED_MAJOR || (major === NEEDED_MAJOR && minor >= NEEDED_MINOR)) {
  // Not before: loading it on an older Node fails with a stack trace.
  await import("./run-gateway.ts");
} else {
  process.stderr.write(
    `reelwire: This is Node ${process.versions.node}, and the gateway needs ${NEEDED_MAJOR}.${NEEDED_MINOR} or newer. In a clone of the repository, npx -y pnpm@12 start brings its own.\n`,
  );
  process.exitCode = 1;
}
