import { once } from "node:events";
import net from "node:net";
import { onTestFinished } from "vitest";

/** The network between a node and its PostgreSQL server, which fails on demand: a relay on loopback. */
export interface DatabaseNetwork {
  /** The database's address through this network. */
  readonly url: string;
  /** Cuts every connection; new ones are accepted. */
  cut(): void;
  /** Cuts every connection and refuses new ones, until `comeUp`. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  /**
   * Cuts the first connection on which the client says all of these texts, one after another, once the server has done what
   * the last one asks for and before the client hears of it. Resolves when that has happened.
   */
  loseAnswerTo(...texts: string[]): Promise<void>;
}

/** `ReadyForQuery` outside a transaction: whatever was asked for is done, and committed. */
const DONE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

interface Loss {
  readonly texts: readonly string[];
  readonly happened: () => void;
}

/** A network to a database of the tests' server, gone after the test. */
export async function networkTo(databaseUrl: string): Promise<DatabaseNetwork> {
  const target = new URL(databaseUrl);
  const open = new Set<() => void>();
  let loss: Loss | null = null;

  function relay(client: net.Socket): void {
    const server = net.connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    client.setNoDelay(true);
    const end = () => {
      open.delete(end);
      client.destroy();
      server.destroy();
    };
    open.add(end);
    for (const socket of [client, server]) socket.on("error", end).on("close", end);
    let said = 0;
    client.on("data", (chunk: Buffer) => {
      const text = loss?.texts[said];
      if (text !== undefined && chunk.includes(text)) said += 1;
      server.write(chunk);
    });
    server.on("data", (chunk: Buffer) => {
      if (loss !== null && said === loss.texts.length && chunk.includes(DONE)) {
        end();
        loss.happened();
        loss = null;
      } else {
        client.write(chunk);
      }
    });
  }

  const listener = net.createServer(relay);
  async function listen(port: number): Promise<number> {
    listener.listen(port, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }
  function cut(): void {
    for (const end of open) end();
  }
  async function goDown(): Promise<void> {
    if (!listener.listening) return;
    const closed = once(listener, "close");
    listener.close();
    cut();
    await closed;
  }

  const port = await listen(0);
  onTestFinished(goDown);
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    cut,
    goDown,
    async comeUp() {
      if (!listener.listening) await listen(port);
    },
    async loseAnswerTo(...texts) {
      const happened = Promise.withResolvers<void>();
      loss = { texts, happened: happened.resolve };
      await happened.promise;
    },
  };
}
