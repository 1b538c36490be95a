#!/usr/bin/env node
// Nothing is imported before the version is known to do: what comes later does not even load on an older one.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  const { runCommandLine } = await import("./run-command-line.ts");
  await runCommandLine(process.argv.slice(2));
} else {
  process.stderr.write(
    `The emulator needs Node 22.19 or newer; this is v${process.versions.node}. In the repository: npx -y pnpm@12 emulator\n`,
  );
  process.exitCode = 1;
}

export {};
