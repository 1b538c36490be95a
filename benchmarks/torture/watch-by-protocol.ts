import { setTimeout as wait } from "node:timers/promises";
import { isFinal } from "../../packages/core/src/client/index.ts";
import type { Stretch, Told, WatchTask } from "./watchers.ts";

/** Before another node is tried, in milliseconds. */
const PAUSE_MS = 150;
/** A node that says nothing for so long, in milliseconds, not even to a ping, may be paused: another is asked. */
const SILENCE_MS = 3_000;

const QUERY = `subscription ($id: ID!, $afterVersion: Int) {
  videoStatus(id: $id, afterVersion: $afterVersion) { version status lastCheckedAt }
}`;

type End = "complete" | "lost" | { failure: string };

/**
 * Watches over bare websockets, graphql-transport-ws by hand, so that whatever the gateway sends is seen as it is. After each
 * break it goes on at the next node, after the last version it has seen.
 */
export async function watchByProtocol({ watching, afterVersion, urlOf, firstNode, signal }: WatchTask): Promise<void> {
  let last: Told | undefined;
  for (let node = firstNode; ; node += 1) {
    const stretch: Stretch = { afterVersion: last?.version ?? afterVersion, told: [] };
    watching.stretches.push(stretch);
    const end = await subscribeOnce({ url: urlOf(node), videoId: watching.videoId, stretch, signal });
    signal.throwIfAborted();
    last = stretch.told.at(-1) ?? last;
    // Completed without the final version: the gateway is stopping.
    if (end === "complete" && last !== undefined && isFinal(last.status)) {
      watching.ended = true;
      return;
    }
    if (typeof end === "object") {
      watching.failure = end.failure;
      return;
    }
    await wait(PAUSE_MS, undefined, { signal });
  }
}

interface Subscription {
  url: string;
  videoId: string;
  stretch: Stretch;
  signal: AbortSignal;
}

interface Message {
  type: string;
  payload?: unknown;
}

/** One websocket with one subscription, until either ends. */
async function subscribeOnce({ url, videoId, stretch, signal }: Subscription): Promise<End> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws");
  const ended = Promise.withResolvers<End>();
  const lost = () => ended.resolve("lost");
  let silentFor = setTimeout(lost, 2 * SILENCE_MS);
  const pings = setInterval(() => say({ type: "ping" }), SILENCE_MS);
  const say = (message: object) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const hear = ({ data }: MessageEvent) => {
    clearTimeout(silentFor);
    silentFor = setTimeout(lost, 2 * SILENCE_MS);
    const { type, payload }: Message = JSON.parse(String(data));
    if (type === "connection_ack") {
      const variables = { id: videoId, afterVersion: stretch.afterVersion };
      say({ id: "1", type: "subscribe", payload: { query: QUERY, variables } });
    } else if (type === "ping") {
      say({ type: "pong" });
    } else if (type === "next") {
      const told = toldBy(payload);
      if (typeof told === "string") ended.resolve(failedWith(told));
      else stretch.told.push(told);
    } else if (type === "error") {
      ended.resolve(failedWith(codeOf(payload)));
    } else if (type === "complete") {
      ended.resolve("complete");
    }
  };
  socket.addEventListener("open", () => say({ type: "connection_init" }));
  socket.addEventListener("message", hear);
  socket.addEventListener("close", lost);
  socket.addEventListener("error", lost);
  signal.addEventListener("abort", lost);
  const end = await ended.promise;
  signal.removeEventListener("abort", lost);
  socket.removeEventListener("message", hear);
  clearTimeout(silentFor);
  clearInterval(pings);
  // Not waited for: a paused node would not answer.
  socket.close();
  return end;
}

/** The gateway's own way to say that it is stopping, or its database is away, is no failure. */
function failedWith(code: string): End {
  return code === "UNAVAILABLE" ? "lost" : { failure: code };
}

interface Answered {
  data?: { videoStatus: Told } | null;
  errors?: { extensions?: { code?: string } }[];
}

/** @returns the code of an error instead where there is one */
function toldBy(payload: unknown): Told | string {
  const { data, errors } = payload as Answered;
  return data?.videoStatus ?? codeOf(errors);
}

function codeOf(errors: unknown): string {
  const [first] = (errors ?? []) as NonNullable<Answered["errors"]>;
  return first?.extensions?.code ?? "no code";
}
