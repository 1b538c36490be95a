import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client } from "pg";

/** How the server is set up. */
export interface StartPostgresOptions {
  /** Whether a commit is on disk when it is answered, as in production; for benchmarks. Default: `false`, which is quicker. */
  durable?: boolean;
  /** Further settings of PostgreSQL, by name. Default: none. */
  settings?: Readonly<Record<string, string>>;
}

/** A running server. Gone, with its data, when it is disposed of or this process ends, however it ends. */
export interface PostgresServer extends AsyncDisposable {
  /** The address of its `postgres` database, for a superuser without password. */
  readonly url: string;
  readonly port: number;
  /**
   * Makes a database and returns its address.
   *
   * @param template name of the database to copy. Nobody may be connected to it. Default: an empty one
   */
  createDatabase(options?: { name?: string; template?: string }): Promise<string>;
  /** Runs SQL as the superuser, and returns the rows. Default: in the database `postgres`. */
  query<Row extends Record<string, unknown>>(text: string, values?: unknown[], database?: string): Promise<Row[]>;
  /** Cuts every connection but those of `query`, as a failing network would; new ones are accepted. */
  cutConnections(): Promise<void>;
  /** Shuts the server down; connections are refused until `start`. */
  stop(): Promise<void>;
  /** As `stop`, but it has no time to flush anything: without `durable`, what was committed lately is lost. */
  crash(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
}

const QUICK = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/** Starts a server on loopback, on a port of the system's choice, with an empty cluster. Takes about a second. */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const settings = { max_connections: "300", ...(options.durable ? {} : QUICK), ...options.settings };
  const keeper = spawn(
    process.execPath,
    [
      fileURLToPath(new URL("./keeper.ts", import.meta.url)),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    // In a group of its own: what ends all the others at once, as Ctrl-C does, must leave it the time to clean up.
    { stdio: ["pipe", "pipe", "inherit"], detached: true },
  );
  const exited = once(keeper, "exit");
  const lines = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();
  const said = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("The PostgreSQL server of the tests did not start; its own words are above.");
    return value;
  };
  const tell = (command: string) => keeper.stdin.write(`${command}\n`);
  const port = Number((await said()).replace("ready ", ""));
  const addressOf = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  let made = 0;

  async function query<Row extends Record<string, unknown>>(
    text: string,
    values: unknown[] = [],
    database = "postgres",
  ): Promise<Row[]> {
    const client = new Client({ connectionString: addressOf(database), application_name: "superuser" });
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  return {
    url: addressOf("postgres"),
    port,
    query,
    async createDatabase({ name = `test_${process.pid}_${++made}`, template = "template0" } = {}) {
      await query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`);
      return addressOf(name);
    },
    async cutConnections() {
      await query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> 'superuser'",
      );
    },
    async stop() {
      tell("stop");
      await said();
    },
    async crash() {
      tell("crash");
      await said();
    },
    async start() {
      tell("start");
      await said();
    },
    async [Symbol.asyncDispose]() {
      keeper.stdin.end();
      await exited;
    },
  };
}
