import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Stands for a machine where the optional dependency was not installed. */
const withoutEncoder = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === "@napi-rs/webcodecs") throw new Error("not installed");
      return next(specifier, context);
    },
  });
`)}`;

function start(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

function run(...args: string[]) {
  return outcome(start(...args));
}

async function outcome(child: ChildProcessByStdio<null, Readable, Readable>) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { stdout, stderr, code };
}

describe("The command line", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("starts, prints its address, and stops on %s", async (signal) => {
    const child = start("--port", "0", "--speed", "0", "--key", "k1", "--clip", "cached");
    let printed = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      printed += chunk;
      if (printed.includes("generation_id=ID")) break;
    }
    const [, url] = /listening on (http:\/\/127\.0\.0\.1:\d+) \(key: k1\)/.exec(printed) ?? [];
    expect(printed).toContain(`curl ${url}/v2/video/generations`);
    const { status } = await fetch(`${url}/v2/billing`, { headers: { authorization: "Bearer k1" } });
    expect(status).toBe(200);
    const exited = once(child, "exit");
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
  });

  it.each([
    [["--nonsense"], "unknown option '--nonsense'\n"],
    [["--port", "abc"], "option '--port <number>' argument 'abc' is invalid. Expected a number of at least 0.\n"],
    [["--clip", "x"], "option '--clip <kind>' argument 'x' is invalid. Expected drawn or cached.\n"],
    [["--duration", "1-2-3"], "option '--duration <ms>' argument '1-2-3' is invalid. Expected MS or MIN-MAX.\n"],
    [
      ["--fault", "logs/stuck=1"],
      "option '--fault <chance...>' argument 'logs/stuck=1' is invalid. Expected POINT/NAME=PROBABILITY.\n",
    ],
  ])("answers %j with one line", async (args, line) => {
    expect(await run(...args)).toEqual({ stdout: "", stderr: line, code: 2 });
  });

  it("says in one line why it cannot start", async () => {
    const { stderr, code } = await run("--port", "70000");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^INVALID_OPTIONS: port: [^\n]+\n$/);
  });

  it("says in one line that the encoder is missing", async () => {
    const args = ["--import", withoutEncoder, main, "--port", "0"];
    const { stderr, code } = await outcome(spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^CLIPS_UNAVAILABLE: [^\n]*@napi-rs\/webcodecs 1\.3\.1[^\n]*\n$/);
  });

  it("says in one line what to do on a Node that is too old", async () => {
    const old = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });`;
    const args = ["--import", `data:text/javascript,${encodeURIComponent(old)}`, main];
    const { stderr, code } = await outcome(spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] }));
    expect(code).toBe(1);
    expect(stderr).toBe(
      "The emulator needs Node 22.19 or newer; this is v20.20.2. In the repository: npx -y pnpm@12 emulator\n",
    );
  });

  it("warns in one line that others may drive it, and prints the host it listens on", async () => {
    const child = start("--port", "0", "--host", "0.0.0.0", "--clip", "cached");
    const stderr = text(child.stderr);
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      expect(chunk).toMatch(/^Emulator listening on http:\/\/0\.0\.0\.0:\d+ /);
      break;
    }
    child.kill();
    expect(await stderr).toMatch(/^Warning: 0\.0\.0\.0 [^\n]*\/_emulator\/[^\n]* no key\.\n$/);
  });

  it("prints help", async () => {
    const { stdout, code } = await run("--help");
    expect(code).toBe(0);
    for (const flag of ["--port", "--host", "--key", "--speed", "--seed", "--duration"]) expect(stdout).toContain(flag);
  });
});
