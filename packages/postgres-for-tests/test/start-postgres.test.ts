import { spawn } from "node:child_process";
import { type EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { Client } from "pg";
import { expect, test } from "vitest";
import { startPostgres } from "../src/index.ts";

/** Resolves when a connection is gone, whether it says why or not. */
function gone(connection: EventEmitter, event: "end" | "close"): Promise<void> {
  connection.on("error", () => {});
  return new Promise((resolve) => connection.once(event, () => resolve()));
}

test("a real server: databases, transactions that outlast a crash, and refused connections while it is down", async () => {
  await using postgres = await startPostgres({ durable: true });
  const connectionString = await postgres.createDatabase({ name: "mine" });
  const client = new Client({ connectionString });
  await client.connect();
  await client.query("CREATE TABLE numbers (number int); INSERT INTO numbers VALUES (7)");
  const cut = gone(client, "end");
  await postgres.crash();
  await cut;
  await expect(new Client({ connectionString }).connect()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await postgres.start();
  const again = new Client({ connectionString });
  await again.connect();
  expect((await again.query("SELECT number FROM numbers")).rows).toEqual([{ number: 7 }]);
  await again.end();

  const copy = await postgres.createDatabase({ template: "mine" });
  const copied = new Client({ connectionString: copy });
  await copied.connect();
  expect((await copied.query("SELECT number FROM numbers")).rows).toEqual([{ number: 7 }]);
  const ended = gone(copied, "end");
  await postgres.cutConnections();
  await ended;
});

test("a process that is killed leaves no server behind", async () => {
  const child = spawn(process.execPath, [new URL("./orphan.child.ts", import.meta.url).pathname], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  const port = Number(line);
  expect(await attempt(port)).toBe("connected");
  child.kill("SIGKILL");
  // Each connection that it still takes ends with it, so this goes on until nobody listens.
  let outcome = await attempt(port, true);
  while (outcome !== "ECONNREFUSED") outcome = await attempt(port, true);
  expect(outcome).toBe("ECONNREFUSED");
});

/** Connects, and says what came of it; waits for the other end to hang up if asked to. */
function attempt(port: number, untilClosed = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    socket.on("close", () => resolve("closed"));
    socket.on("connect", () => {
      if (untilClosed) return;
      resolve("connected");
      socket.destroy();
    });
  });
}
