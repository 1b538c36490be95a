/**
 * Keeps one server, in a process of its own: `node keeper.ts [-c name=value …]`, the settings of PostgreSQL. Prints `ready PORT` on
 * standard output after each start. Obeys lines on standard input: `stop`, then `start` on the same port, and `crash`, after which
 * nothing was flushed. When standard input ends, so do the server, its directory and the keeper.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { prepareServerFiles } from "./server-files.ts";

const files = prepareServerFiles();
const settings = process.argv.slice(2);
let server: ChildProcess | null = null;
let port = 0;

function createCluster(): void {
  const { status, stderr } = spawnSync(
    files.initdb,
    ["-D", files.dataDirectory, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
    { ...files.user, cwd: files.directory, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  listener.close();
  await once(listener, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Resolves once connections are accepted; rejects with what it said when it ends before. */
async function startServer(): Promise<void> {
  const args = ["-D", files.dataDirectory, "-p", String(port), "-h", "127.0.0.1", "-k", files.directory, ...settings];
  const child = spawn(files.postgres, args, {
    ...files.user,
    cwd: files.directory,
    env: { ...process.env, LC_MESSAGES: "C" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  const ready = Promise.withResolvers<void>();
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-10_000);
    if (said.includes("ready to accept connections")) ready.resolve();
  });
  child.once("exit", () => ready.reject(new Error(said)));
  await ready.promise;
  server = child;
}

async function start(): Promise<void> {
  const chosenBefore = port !== 0;
  for (let tries = 0; ; tries += 1) {
    if (!chosenBefore) port = await freePort();
    try {
      await startServer();
      process.stdout.write(`ready ${port}\n`);
      return;
    } catch (error) {
      // Somebody else took the port between our look and its use.
      const taken = error instanceof Error && error.message.includes("Address already in use");
      if (chosenBefore || !taken || tries === 5) throw error;
    }
  }
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  const child = server;
  server = null;
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

createCluster();
await start();
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "start") await start();
  // Fast shutdown: clients are cut off, what was committed is kept.
  else if (line === "stop") await stop("SIGINT").then(() => process.stdout.write("stopped\n"));
  // Immediate shutdown: the next start recovers from the log, as after a crash.
  else if (line === "crash") await stop("SIGQUIT").then(() => process.stdout.write("stopped\n"));
}
await stop("SIGQUIT");
// The last of its processes may still be closing a file.
rmSync(files.directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
