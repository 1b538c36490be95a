import { findAccessibilityProblems, startBrowser } from "@reelwire/browser-for-tests";
import type { Emulator, EmulatorOptions } from "@reelwire/emulator";
import { runWithEmulator } from "@reelwire/gateway-for-tests";
import {
  type Connection,
  type CreateVideoInput,
  createConnection,
  createVideo,
  type Video,
  watchVideo,
} from "@reelwire/react";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";

/** A gateway with the studio, in front of an emulator, and a browser to look at it. */
export interface RunningStudio extends AsyncDisposable {
  emulator: Emulator;
  browser: Browser;
  /** Where the studio is. */
  url: string;
  connection: Connection;
  /** Makes a video without the page, and gives its id. */
  make(prompt: string, input?: Partial<CreateVideoInput>): Promise<string>;
  /** Until the upstream has it. */
  accepted(prompt: string): Promise<void>;
  /** Lets the upstream end what it has; until that video is final. */
  finish(id: string): Promise<void>;
  /** Makes one, and lets it come to its end. */
  makeToEnd(prompt: string, input?: Partial<CreateVideoInput>): Promise<string>;
}

/** Generations take a minute by the emulator's clock, which only `emulator.clock.advance` moves. */
export const GENERATION_MS = 60_000;

export async function startStudio(options: EmulatorOptions = {}): Promise<RunningStudio> {
  const started = new AsyncDisposableStack();
  const { emulator, url } = started.use(await runWithEmulator({ emulator: { durationMs: GENERATION_MS, ...options } }));
  const browser = started.use(await startBrowser());
  const connection = createConnection({ url: `${url}/graphql` });
  started.defer(() => connection.close());
  const studio: RunningStudio = {
    emulator,
    browser,
    url,
    connection,
    async make(prompt, input = {}) {
      return (await createVideo(connection, { prompt, durationSeconds: 4, ...input })).video.id;
    },
    async accepted(prompt) {
      await emulator.until(() => emulator.accepted.some(({ body }) => body.prompt === prompt));
    },
    async finish(id) {
      emulator.clock.advance(GENERATION_MS);
      let last: Video | undefined;
      for await (const video of watchVideo(connection, id)) last = video;
      expect(last?.finishedAt).not.toBeNull();
    },
    async makeToEnd(prompt, input) {
      const id = await studio.make(prompt, input);
      await studio.accepted(prompt);
      await studio.finish(id);
      return id;
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
  return studio;
}

/** That nothing is wrong with a page as it is, in either theme, and that it is no wider than its window. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await findAccessibilityProblems(page), colorScheme).toEqual([]);
  }
  // Light already: nothing fades from one to the other.
  await page.emulateMedia({ reducedMotion: null });
}

/** How far a page can be scrolled sideways, in pixels. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
