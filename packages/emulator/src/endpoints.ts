/** What the emulator counts requests by: the upstream's endpoints, its files, and everything else. */
export const endpoints = [
  "create",
  "status",
  "logs",
  "billing",
  "transactions",
  "models",
  "metrics",
  "file",
  "unknown",
] as const;

export type Endpoint = (typeof endpoints)[number];

/** Where each is served; `file` without the name that follows. */
export const paths = {
  create: "/v2/video/generations",
  status: "/v2/video/generations",
  logs: "/v2/logs",
  billing: "/v2/billing",
  transactions: "/v2/billing/transactions",
  models: "/v1/models",
  metrics: "/models/metrics",
  file: "/generations/",
} as const satisfies Record<Exclude<Endpoint, "unknown">, string>;

/** Those that ask for a key. */
export const keyed: ReadonlySet<Endpoint> = new Set(["create", "status", "logs", "billing", "transactions"]);

export function endpointOf(method: string, url: string): Endpoint {
  const path = url.split("?", 1)[0] ?? url;
  if (path.startsWith(paths.file)) return "file";
  if (path === paths.create) return method === "POST" ? "create" : method === "GET" ? "status" : "unknown";
  return (
    endpoints.find((endpoint) => endpoint !== "unknown" && method === "GET" && path === paths[endpoint]) ?? "unknown"
  );
}
