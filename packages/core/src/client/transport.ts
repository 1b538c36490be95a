import { networkError } from "./reelwire-error.ts";
import type { Subscribe } from "./subscription.ts";
import type { WithoutWebsocketOptions } from "./without-websocket.ts";

/** How often to try the websocket before something else. */
const MAX_TRIES = 2;

/** Subscribes by what may be had now: the websocket, unless that does not get through, or is full, and something else may. */
export function createTransport(options: WithoutWebsocketOptions): Subscribe {
  const { socket, transports } = options;
  const viaSocket = transports.includes("websocket");
  const isOnly = transports.length === 1;
  let other: Subscribe | undefined;

  return async (...args) => {
    if (viaSocket && (isOnly || (socket.tries < MAX_TRIES && !socket.isFull))) return socket.subscribe(...args);
    try {
      const { createWithoutWebsocket } = await import("./without-websocket.ts");
      other ??= createWithoutWebsocket(options);
    } catch (error) {
      if (viaSocket) return socket.subscribe(...args);
      throw networkError(error);
    }
    return other(...args);
  };
}
