#!/usr/bin/env node
import { explainOldNode } from "./node-version.ts";

const complaint = explainOldNode();
if (complaint === null) {
  // Not before: loading it on an older Node fails with a stack trace.
  const { runReelwire } = await import("./run-reelwire.ts");
  await runReelwire(process.argv.slice(2));
} else {
  process.stderr.write(complaint);
  process.exitCode = 1;
}
