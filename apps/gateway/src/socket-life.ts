import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { SOCKET_CLOSE_CODES, type SocketLimits } from "./socket-limits.ts";

/** Most that the reason of a close may have, in bytes: RFC 6455, 5.5. */
const MAX_REASON_BYTES = 123;

/** As much of a text as the reason of a close takes. */
export function closeReason(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_REASON_BYTES));
  return text.slice(0, read);
}

/** Closes a socket, and cuts it when it will not go: who does not read does not read the goodbye either. */
export function closeSocket(
  socket: WebSocket,
  { code, reason }: { code: number; reason: string },
  limits: Pick<SocketLimits, "closeWithinMs">,
): void {
  socket.close(code, reason);
  const timer = setTimeout(() => socket.terminate(), limits.closeWithinMs);
  socket.once("close", () => clearTimeout(timer));
}

/**
 * Counts what comes on a socket's connection, and closes the socket at more than `maxBytesBeforeInit`: a message is kept until it is
 * whole, so that those who are not known could fill the memory with beginnings.
 *
 * @returns ends the counting
 */
export function boundFirstBytes(
  socket: WebSocket,
  connection: Duplex,
  limits: Pick<SocketLimits, "maxBytesBeforeInit" | "closeWithinMs">,
): () => void {
  let left = limits.maxBytesBeforeInit;
  const stop = () => connection.off("data", count);
  function count(chunk: Buffer): void {
    left -= chunk.length;
    if (left >= 0) return;
    stop();
    closeSocket(socket, SOCKET_CLOSE_CODES.TOO_LARGE, limits);
    // Until it is cut: the rest of the message would be kept, too.
    socket.pause();
  }
  connection.on("data", count);
  return stop;
}

/**
 * How to send to a socket without keeping more than `maxBufferedBytes` for it, but for one message. When more waits to be
 * read, sending waits for it; a client that has not read it within `slowForMs` is closed with `TOO_SLOW`.
 */
export function boundedSender(socket: WebSocket, limits: SocketLimits): (message: string) => Promise<void> {
  let flushed = Promise.resolve();
  return async (message) => {
    if (socket.bufferedAmount > limits.maxBufferedBytes && !(await settlesWithin(flushed, limits.slowForMs))) {
      if (socket.readyState === socket.OPEN) closeSocket(socket, SOCKET_CLOSE_CODES.TOO_SLOW, limits);
      return;
    }
    if (socket.readyState !== socket.OPEN) return;
    // A failure to send shows as the socket's end.
    flushed = new Promise((resolve) => socket.send(message, () => resolve()));
  };
}

/** Whether a promise that does not fail is fulfilled in time. */
export async function settlesWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Pings every socket every `pingEveryMs` and cuts those that did not answer the ping before. One timer for all of them, each
 * socket at its own moment, so that ten thousand are not pinged at once.
 */
export function startKeepAlive(sockets: ReadonlySet<WebSocket>, { pingEveryMs }: SocketLimits): { stop(): void } {
  const lives = new WeakMap<WebSocket, { nextPing: number; awaited: boolean }>();
  const tickMs = pingEveryMs / 20;
  let lastTick = performance.now();
  // Counts no time in which this process was held up: the answers to its pings wait unread then.
  let clock = 0;

  function lifeOf(socket: WebSocket) {
    const known = lives.get(socket);
    if (known !== undefined) return known;
    const life = { nextPing: clock + pingEveryMs, awaited: false };
    socket.on("pong", () => {
      life.awaited = false;
    });
    lives.set(socket, life);
    return life;
  }

  const timer = setInterval(() => {
    const now = performance.now();
    clock += Math.min(now - lastTick, 2 * tickMs);
    lastTick = now;
    for (const socket of sockets) {
      const life = lifeOf(socket);
      if (clock < life.nextPing || socket.readyState !== socket.OPEN) continue;
      if (life.awaited) {
        socket.terminate();
        continue;
      }
      life.awaited = true;
      life.nextPing = clock + pingEveryMs;
      socket.ping();
    }
  }, tickMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
