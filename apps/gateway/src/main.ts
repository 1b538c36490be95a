#!/usr/bin/env node
import { explainOldNode } from "./node-version.ts";

const complaint = explainOldNode();
if (complaint === null) {
  // Not before: loading it on an older Node fails with a stack trace.
  await import("./run-gateway.ts");
} else {
  process.stderr.write(complaint);
  process.exitCode = 1;
}
