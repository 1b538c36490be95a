import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { connectionConfig, GuardedPool } from "../../src/database/postgres-pool.ts";

/** A message of the server's, in PostgreSQL's protocol. */
function message(type: string, body: Buffer | string): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

const AUTHENTICATED = message("R", Buffer.alloc(4));
const READY = message("Z", "I");
const ENDED = message("E", "SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0");

/** A server that takes a connection and ends it in the same breath. */
async function fickleServer(): Promise<string> {
  const server = createServer((socket) => {
    socket.once("data", () => socket.end(Buffer.concat([AUTHENTICATED, READY, ENDED])));
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  return `postgres://ada@127.0.0.1:${typeof address === "object" ? address?.port : ""}/d`;
}

test("a connection that is ended as it is given out fails its first query, and not the process", async () => {
  const pool = new GuardedPool({ ...connectionConfig(await fickleServer()), max: 1 }, () => {});
  onTestFinished(() => pool.end());
  await expect(pool.executeSql("SELECT 1")).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  await expect(pool.executeSql("SELECT 1")).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
});
