import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

interface Measured {
  name: string;
  passed: boolean;
  size: number;
}

test("the built package is as small as .size-limit.cjs says", async () => {
  const cli = fileURLToPath(new URL("../node_modules/size-limit/bin.js", import.meta.url));
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  // It ends with an error where a limit is passed; what it has measured says which.
  const { stdout } = await promisify(execFile)(process.execPath, [cli, "--json"], { cwd }).catch((error) => error);
  const measured: Measured[] = JSON.parse(stdout);
  expect(measured).toHaveLength(2);
  expect(measured.filter(({ passed }) => !passed)).toEqual([]);
});
