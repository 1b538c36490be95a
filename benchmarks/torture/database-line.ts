import { once } from "node:events";
import net from "node:net";

/** The way of one node to the database: a relay on loopback, which can fall silent. */
export class DatabaseLine {
  readonly #target: URL;
  readonly #server: net.Server;
  readonly #open = new Set<net.Socket>();
  #silent = false;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = net.createServer((socket) => this.#relay(socket));
  }

  static async to(databaseUrl: string): Promise<DatabaseLine> {
    const line = new DatabaseLine(new URL(databaseUrl));
    await once(line.#server.listen(0, "127.0.0.1"), "listening");
    return line;
  }

  /** The database's address by this way. */
  get url(): string {
    const url = new URL(this.#target);
    const address = this.#server.address();
    url.port = typeof address === "object" && address !== null ? String(address.port) : "";
    return url.href;
  }

  /** Nothing goes either way, and nobody is told, as when a cable is pulled. */
  fallSilent(): void {
    this.#silent = true;
    for (const socket of this.#open) socket.pause();
  }

  /** Ends what was silent; what is opened from now on gets through. */
  speakAgain(): void {
    this.#silent = false;
    for (const socket of this.#open) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
    await once(this.#server, "close");
  }

  #relay(node: net.Socket): void {
    const { hostname, port } = this.#target;
    const database = net.connect({ host: hostname, port: Number(port), noDelay: true });
    node.setNoDelay(true);
    for (const [socket, other] of [
      [node, database],
      [database, node],
    ] as const) {
      this.#open.add(socket);
      socket.on("data", (chunk) => other.write(chunk));
      // A reset is an end like any other.
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#open.delete(socket);
        other.destroy();
      });
      if (this.#silent) socket.pause();
    }
  }
}
