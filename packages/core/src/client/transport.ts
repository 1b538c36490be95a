import { networkError } from "./reelwire-error.ts";
import type { Subscribe } from "./subscription.ts";
import type { WithoutWebsocketOptions } from "./without-websocket.ts";

/** How often to try the websocket before something else. */
const MAX_TRIES = 2;

/** Gives that by which to subscribe now: the websocket, unless that does not get through and something else may. */
export function createTransport(options: WithoutWebsocketOptions): () => Promise<Subscribe> {
  const { socket, transports } = options;
  const viaSocket = transports.includes("websocket");
  const isOnly = transports.length === 1;
  let other: Subscribe | undefined;

  return async () => {
    if (viaSocket && (socket.tries < MAX_TRIES || isOnly)) return socket.subscribe;
    try {
      const { createWithoutWebsocket } = await import("./without-websocket.ts");
      other ??= createWithoutWebsocket(options);
      return other;
    } catch (error) {
      if (viaSocket) return socket.subscribe;
      throw networkError(error);
    }
  };
}
