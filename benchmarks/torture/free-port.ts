import { once } from "node:events";
import { createServer } from "node:net";

/** Systems give ports from 32768 (Linux) or 49152 on to whoever connects somewhere, so one from there may be taken while its owner is down. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

const given = new Set<number>();

/** A port of 127.0.0.1 that nobody listens on, and that a process can come back to after it was killed. */
export async function freePort(): Promise<number> {
  for (;;) {
    // Not drawn from the seed: two tortures at the same time would want the same.
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (given.has(port)) continue;
    const listener = createServer().listen(port, "127.0.0.1");
    const isFree = await once(listener, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    listener.close();
    await once(listener, "close");
    given.add(port);
    return port;
  }
}
