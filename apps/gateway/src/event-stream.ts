import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { EventStreamLimits } from "./event-stream-limits.ts";
import { settlesWithin } from "./socket-life.ts";

/** One stream of server-sent events, which keeps no more than `maxBufferedBytes` for its client, but for one message. */
export interface EventStream {
  /** Resolves when the message before has been taken: what is made faster than it is read is made later. */
  turn(): Promise<void>;
  /** Sends all of it and ends; what comes after the stream has ended is not sent. */
  send(headers: OutgoingHttpHeaders, messages: AsyncGenerator<string, void, undefined>): Promise<void>;
  /** Ends it at once, with a last message. Cuts it when the client does not read to the end. */
  end(last?: string): void;
}

/**
 * Makes an event stream of a response of which nothing is sent yet.
 *
 * @param onGone called once, when the client has gone, whoever ended it
 */
export function createEventStream(
  response: ServerResponse,
  limits: EventStreamLimits,
  onGone: () => void,
): EventStream {
  let ended = false;
  let given = 0;
  let taken = 0;
  let wake = () => {};
  let flushed = Promise.resolve();
  let leave = () => {};

  function close() {
    ended = true;
    wake();
    leave();
  }

  async function write(text: string): Promise<void> {
    if (response.writableLength > limits.maxBufferedBytes && !(await settlesWithin(flushed, limits.slowForMs))) {
      response.destroy();
    }
    if (ended || response.destroyed) return;
    // A failure to send shows as the response's end.
    flushed = new Promise((resolve) => response.write(text, () => resolve()));
    if (isComment(text)) return;
    taken += 1;
    wake();
  }

  function end(last?: string) {
    if (ended) return;
    close();
    const timer = setTimeout(() => response.destroy(), limits.closeWithinMs);
    response.once("close", () => clearTimeout(timer));
    response.end(last);
  }

  response.once("close", () => {
    close();
    onGone();
  });
  return {
    async turn() {
      while (given > taken && !ended) await new Promise<void>((resolve) => (wake = resolve));
      given += 1;
    },
    async send(headers, messages) {
      leave = () => void messages.return();
      response.writeHead(200, headers);
      for await (const text of messages) {
        await write(text);
        if (ended) return;
      }
      end();
    },
    end,
  };
}

/** Of the protocol's own accord, to keep the connection. */
function isComment(text: string): boolean {
  return text.startsWith(":");
}
