import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** What comes through the door: a request, or the websocket that it asks for. */
export interface Passage {
  path: string;
  isWebSocket: boolean;
  body: string;
}

/** Stands in front of a gateway, sees who comes, and can be shut to some of them. */
export class Door implements AsyncDisposable {
  /** All that came. */
  readonly passages: Passage[] = [];
  /** Whoever it holds for has the connection cut, before anything reaches the gateway. */
  isShutTo: (passage: Passage) => boolean = () => false;
  /** Whoever it gives a promise for waits for that before the gateway is asked. */
  holds: (passage: Passage) => Promise<void> | null = () => null;
  /** Whoever it gives a promise for waits for that before the gateway's answer is passed on. */
  holdsAnswerOf: (passage: Passage) => Promise<void> | null = () => null;
  /** Whoever it holds for has the connection cut instead of an answer. */
  losesAnswerOf: (passage: Passage) => boolean = () => false;

  readonly #port: number;
  readonly #http = createServer((incoming, response) => void this.#pass(incoming, response));
  readonly #sockets = new Set<Duplex>();
  readonly #changed = new EventEmitter();

  private constructor(gateway: string) {
    this.#port = Number(new URL(gateway).port);
    this.#http.on("upgrade", (incoming, socket, head) => this.#upgrade(incoming, socket, head));
  }

  static async open(gateway: string): Promise<Door> {
    const door = new Door(gateway);
    door.#http.listen(0, "127.0.0.1");
    await once(door.#http, "listening");
    return door;
  }

  /** Of the GraphQL API, through this door. */
  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/graphql`;
  }

  /** Websockets that came so far. */
  get webSockets(): number {
    return this.passages.filter(({ isWebSocket }) => isWebSocket).length;
  }

  /** Websockets that are open. */
  get openWebSockets(): number {
    return this.#sockets.size;
  }

  /** Breaks every websocket without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when this holds; looked at whenever something came or went. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this.#changed, "change");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#http.closeAllConnections();
    await closed;
  }

  #see(incoming: IncomingMessage, isWebSocket: boolean, body: string): Passage {
    const passage = { path: incoming.url ?? "", isWebSocket, body };
    this.passages.push(passage);
    this.#change();
    return passage;
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of incoming.setEncoding("utf8")) body += chunk;
    const passage = this.#see(incoming, false, body);
    if (this.isShutTo(passage)) return void incoming.socket.destroy();
    await this.holds(passage);
    const { method, headers, url } = incoming;
    const inner = request({ host: "127.0.0.1", port: this.#port, method, path: url, headers }, async (answer) => {
      await this.holdsAnswerOf(passage);
      if (this.losesAnswerOf(passage)) {
        answer.destroy();
        incoming.socket.destroy();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    inner.on("error", () => response.destroy());
    response.on("close", () => inner.destroy());
    inner.end(body);
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const passage = this.#see(incoming, true, "");
    if (this.isShutTo(passage)) return void socket.destroy();
    const inner: Socket = connect(this.#port, "127.0.0.1", () => {
      const headers = incoming.rawHeaders.flatMap((text, index, all) =>
        index % 2 ? [] : [`${text}: ${all[index + 1]}`],
      );
      inner.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
      inner.write(head);
      socket.pipe(inner).pipe(socket);
    });
    this.#sockets.add(socket);
    for (const end of [socket, inner]) end.on("error", () => {});
    inner.on("close", () => socket.destroy());
    socket.on("close", () => {
      inner.destroy();
      this.#sockets.delete(socket);
      this.#change();
    });
  }

  #change(): void {
    this.#changed.emit("change");
  }
}
