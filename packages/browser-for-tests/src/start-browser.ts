import { type Browser, chromium } from "playwright-core";
import { packagedChromium } from "./packaged-chromium.ts";

export interface BrowserOptions {
  /** Addresses, as `127.0.0.1:4000`, and which one is connected to in the place of each. Default: none. */
  readonly addresses?: Readonly<Record<string, string>>;
}

/**
 * A Chromium without a window: the one that comes as a package, which is for Linux on x64, or elsewhere a Chrome that is installed.
 * To be closed by whoever started it.
 */
export async function startBrowser({ addresses = {} }: BrowserOptions = {}): Promise<Browser> {
  const rules = Object.entries(addresses).map(([from, to]) => `MAP ${from} ${to}`);
  const mapping = rules.length === 0 ? [] : [`--host-resolver-rules=${rules.join(",")}`];
  if (process.platform !== "linux" || process.arch !== "x64") {
    return await chromium.launch({ channel: "chrome", args: mapping });
  }
  return await chromium.launch({
    executablePath: await packagedChromium(),
    // It runs in containers too, as root and with little shared memory.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required", ...mapping],
  });
}
