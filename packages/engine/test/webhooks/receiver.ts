import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { WebhookPayload } from "@reelwire/core/webhooks";
import { onTestFinished } from "vitest";

/** A POST as it arrived. */
export interface ReceivedPost {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  payload: WebhookPayload;
}

/** A receiver of webhooks on a real socket, closed after the test. */
export interface Receiver {
  /** `http://127.0.0.1:…/` */
  url: string;
  received: ReceivedPost[];
  /** Resolves with what has arrived once that are as many. */
  until(count: number): Promise<ReceivedPost[]>;
}

/** How the nth POST, counted from 0, is answered. */
export type Answer = (response: ServerResponse, nth: number) => void;

/** Answers each with a status, or with those of a list, in turn, the last of it for ever. */
export function answering(...statuses: number[]): Answer {
  return (response, nth) => {
    response.statusCode = statuses[Math.min(nth, statuses.length - 1)] ?? 200;
    response.end(`answer ${nth + 1}`);
  };
}

export async function startReceiver(answer: Answer = answering(200)): Promise<Receiver> {
  const received: ReceivedPost[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => "");
    if (body === "") return;
    received.push({ path: request.url ?? "", headers: request.headers, body, payload: JSON.parse(body) });
    answer(response, received.length - 1);
    for (const look of waiting) look();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    received,
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return;
          waiting.delete(look);
          resolve(received.slice(0, count));
        };
        waiting.add(look);
        look();
      }),
  };
}
