import type { FastifyInstance } from "fastify";
import { EmulatorError } from "./emulator-error.ts";

/** A place to listen that a server can leave and another take over. */
export class Listener {
  readonly #build: (goingDown: AbortSignal) => FastifyInstance;
  readonly #host: string;
  #port: number;
  #triedFirst: number | null;
  #current: { readonly server: FastifyInstance; readonly goingDown: AbortController } | undefined;

  /** @param lastPort that of an earlier process, tried first where the system may choose */
  constructor(build: (goingDown: AbortSignal) => FastifyInstance, host: string, port: number, lastPort: number | null) {
    this.#build = build;
    this.#host = host;
    this.#port = port;
    this.#triedFirst = port === 0 ? lastPort : null;
  }

  get port(): number {
    return this.#port;
  }

  /** Where it can be reached from the same machine; no slash at the end. */
  get url(): string {
    const any = this.#host === "0.0.0.0" || this.#host === "::";
    const host = any ? "127.0.0.1" : this.#host.includes(":") ? `[${this.#host}]` : this.#host;
    return `http://${host}:${this.#port}`;
  }

  /** Listens, from the second time on at the port of the first. Does nothing if it already does. Throws `CANNOT_LISTEN`. */
  async up(): Promise<void> {
    if (this.#current) return;
    const first = this.#triedFirst;
    this.#triedFirst = null;
    // What was given out as an address by an earlier process had better stay one.
    if (first !== null && (await this.#listen(first).then(Boolean, () => false))) return;
    await this.#listen(this.#port);
  }

  async #listen(port: number): Promise<true> {
    const goingDown = new AbortController();
    const server = this.#build(goingDown.signal);
    try {
      await server.listen({ host: this.#host, port });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : cause;
      throw new EmulatorError("CANNOT_LISTEN", `Cannot listen on ${this.#host}:${port}: ${reason}`, { cause });
    }
    const address = server.server.address();
    if (typeof address === "object" && address) this.#port = address.port;
    this.#current = { server, goingDown };
    return true;
  }

  /** Stops listening and cuts every connection. Does nothing if it is down. */
  async down(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    current?.goingDown.abort();
    await current?.server.close();
  }
}
