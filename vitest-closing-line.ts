import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with one line that any script can read. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    // What broke outside a test, or before the tests of a file could be collected, counts as a failure too.
    let failed = errors.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      passed += tests.filter((test) => test.result().state === "passed").length;
      const failures = tests.filter((test) => test.result().state !== "passed").length;
      failed += Math.max(failures, module.state() === "failed" ? 1 : 0);
    }
    process.once("exit", () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }
}
