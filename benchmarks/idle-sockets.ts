/**
 * What thousands of websockets cost a gateway that has nothing to tell them, and one that tells all of them the same.
 *
 * `pnpm build`, then `node benchmarks/idle-sockets.ts [sockets]`, with 10,000 for a default. It starts a gateway of its own on
 * loopback with the emulator, and removes it. Open files must be allowed: `ulimit -n 20000`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

const SOCKETS = Number(process.argv[2] ?? 10_000);
const AT_ONCE = 200;
/** Longer than two rounds of pings. */
const WATCH_MS = 35_000;

const dataDir = await mkdtemp(join(tmpdir(), "reelwire-benchmark-"));
const gateway = spawn(process.execPath, [new URL("../apps/gateway/dist/main.js", import.meta.url).pathname], {
  env: { PORT: "0", REELWIRE_DATA_DIR: dataDir, REELWIRE_LOG_LEVEL: "error", NODE_ENV: "production" },
  stdio: ["ignore", "pipe", "inherit"],
});

async function addressOfGateway(): Promise<string> {
  for await (const line of createInterface({ input: gateway.stdout })) {
    const url = /GraphQL +(http:\S+)\/graphql/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("The gateway did not start.");
}

/** Resident memory of the gateway, in bytes (Linux). */
async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${gateway.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

/** CPU time of the gateway, in seconds (Linux, 100 ticks a second). */
async function cpuSeconds(): Promise<number> {
  const fields = (await readFile(`/proc/${gateway.pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** How long `/healthz` takes, which waits for the gateway's event loop as everything does. */
async function observe(label: string, url: string, ms: number): Promise<void> {
  const latencies: number[] = [];
  const cpuBefore = await cpuSeconds();
  const began = performance.now();
  while (performance.now() - began < ms) {
    const asked = performance.now();
    await (await fetch(`${url}/healthz`)).arrayBuffer();
    latencies.push(performance.now() - asked);
    await wait(20);
  }
  const cpu = ((await cpuSeconds()) - cpuBefore) / ((performance.now() - began) / 1000);
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1);
  const resident = ((await residentBytes()) / 1e6).toFixed(0);
  const line = `${label.padEnd(44)} ${resident.padStart(5)} MB   CPU ${(cpu * 100).toFixed(0).padStart(3)} %   p50 ${at(0.5)}  p99 ${at(0.99)}  max ${at(1)} ms`;
  process.stdout.write(`${line}\n`);
}

let told = 0;

async function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  await once(socket, "open");
  const acknowledged = once(socket, "message");
  socket.send(JSON.stringify({ type: "connection_init" }));
  await acknowledged;
  socket.addEventListener("message", () => {
    told += 1;
  });
  return socket;
}

try {
  const url = await addressOfGateway();
  await observe("no sockets", url, 5_000);
  const before = await residentBytes();
  const sockets: WebSocket[] = [];
  const began = performance.now();
  while (sockets.length < SOCKETS) {
    const some = Array.from({ length: Math.min(AT_ONCE, SOCKETS - sockets.length) }, () => openSocket(url));
    sockets.push(...(await Promise.all(some)));
  }
  process.stdout.write(`${SOCKETS} sockets opened in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  await observe(`${SOCKETS} idle sockets`, url, WATCH_MS);
  const each = ((await residentBytes()) - before) / SOCKETS / 1000;
  process.stdout.write(`${each.toFixed(1)} kB a socket\n`);

  const subscribeAll = (id: string, query: string) => {
    for (const socket of sockets) socket.send(JSON.stringify({ id, type: "subscribe", payload: { query } }));
  };
  subscribeAll("activity", "subscription { videoActivity { id status } }");
  await wait(5_000);
  await observe("each with videoActivity, nothing happening", url, WATCH_MS);
  for (const socket of sockets) socket.send(JSON.stringify({ id: "activity", type: "complete" }));

  const created = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: 'mutation { createVideo(input: { prompt: "[fault:stuck]" }) { video { id } } }' }),
  });
  const { id } = ((await created.json()) as { data: { createVideo: { video: { id: string } } } }).data.createVideo
    .video;
  subscribeAll("status", `subscription { videoStatus(id: "${id}") { version status lastCheckedAt } }`);
  await wait(10_000);
  told = 0;
  await observe("each watching the same unfinished video", url, WATCH_MS);
  process.stdout.write(
    `${(told / SOCKETS).toFixed(1)} messages a socket meanwhile; one look at the upstream every 5 s\n`,
  );
  process.stdout.write(
    `${sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length} sockets still open\n`,
  );
  for (const socket of sockets) socket.close();
} finally {
  gateway.kill("SIGTERM");
  await once(gateway, "close");
  await rm(dataDir, { recursive: true, force: true });
}
