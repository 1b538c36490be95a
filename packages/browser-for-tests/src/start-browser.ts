import { type Browser, chromium } from "playwright-core";

/**
 * A Chromium without a window: the one that comes as a package, which is for Linux on x64, or elsewhere a Chrome that is installed.
 * To be closed by whoever started it.
 */
export async function startBrowser(): Promise<Browser> {
  if (process.platform !== "linux" || process.arch !== "x64") return await chromium.launch({ channel: "chrome" });
  const { default: packaged } = await import("@sparticuz/chromium");
  return await chromium.launch({
    executablePath: await packaged.executablePath(),
    // It runs in containers too, as root and with little shared memory.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"],
  });
}
