import type { Page } from "playwright-core";

/** What a page has complained of so far: errors that nobody caught, errors and warnings on its console, and requests to other hosts than `hosts`. */
export function collectComplaints(page: Page, hosts: readonly string[] = ["127.0.0.1", "localhost"]): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (["http:", "https:", "ws:", "wss:"].includes(protocol) && !hosts.includes(hostname)) {
      complaints.push(`request to another host: ${request.url()}`);
    }
  });
  return complaints;
}
