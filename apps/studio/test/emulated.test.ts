import { startBrowser } from "@reelwire/browser-for-tests";
import { runMain } from "@reelwire/gateway-for-tests";
import { expect, test } from "vitest";
import { expectAccessible } from "./running-studio.ts";

test("where the built-in emulator makes the videos, prices and usage say that nothing is spent", async () => {
  await using gateway = await runMain();
  await using browser = await startBrowser();
  const page = await browser.newPage();
  await page.goto(await gateway.ready);
  const price = page.getByRole("status").filter({ hasText: "$0.52" });
  await price.getByText("An emulator makes drawings: nothing is spent.").waitFor();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Usage" }).click();
  await page.getByText("An emulator stands in for the upstream: nothing is really spent.").waitFor();
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Usage");
});
