import pg from "pg";
import type { Logger } from "../logger.ts";
import { createBackoff } from "../timing.ts";
import { pause } from "../wake.ts";
import { connectionConfig } from "./postgres-pool.ts";

/** Hears what is notified on one channel. */
export interface NotificationListener {
  onPayload(payload: string): void;
  /** Called whenever notifications may have been missed: each time it listens again. */
  onGap(): void;
}

/** How often the connection is asked whether it is still there, and how soon it must answer, in milliseconds. */
const CHECK_EVERY_MS = 10_000;
const CHECK_WITHIN_MS = 5_000;

/**
 * Listens on a channel over a connection of its own, and connects again for as long as it takes when that is lost. A
 * connection that has died without a word is found by asking.
 *
 * @returns once it listens, with what ends it
 * @throws what the first connection failed with
 */
export async function listenOnPostgres(
  url: string,
  channel: string,
  listener: NotificationListener,
  log: Logger,
): Promise<() => Promise<void>> {
  const closing = new AbortController();
  const backoff = createBackoff(100, 5_000, Math.random);

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...connectionConfig(url), query_timeout: CHECK_WITHIN_MS });
    client.on("error", (error) => log.warn({ reason: error.message }, "the connection that listens failed"));
    client.on("notification", ({ payload }) => listener.onPayload(payload ?? ""));
    try {
      await client.connect();
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  /** Resolves when the connection is lost, or the listener is closed. */
  async function lost(client: pg.Client): Promise<void> {
    const ended = new AbortController();
    client.once("end", () => ended.abort());
    const signal = AbortSignal.any([closing.signal, ended.signal]);
    for (;;) {
      await pause(CHECK_EVERY_MS, signal);
      if (signal.aborted) return;
      const isThere = await client.query("SELECT 1").then(
        () => true,
        () => false,
      );
      if (!isThere) return;
    }
  }

  async function keepListening(first: pg.Client): Promise<void> {
    let client: pg.Client | null = first;
    while (!closing.signal.aborted) {
      try {
        if (client === null) {
          client = await connect();
          backoff.reset();
          listener.onGap();
        }
        await lost(client);
      } catch (error) {
        log.warn({ reason: error instanceof Error ? error.message : String(error) }, "listening failed, trying again");
        await pause(backoff.nextMs(), closing.signal);
      }
      // Not waited for: a connection that is dead takes its time to end.
      void client?.end().catch(() => {});
      client = null;
    }
  }

  const listening = keepListening(await connect());
  return async () => {
    closing.abort();
    await listening;
  };
}
