/**
 * What thousands of websockets cost a gateway that has nothing to tell them, and one that tells all of them the same.
 *
 * `pnpm build`, then `node benchmarks/idle-sockets.ts [sockets]`, with 10,000 for a default. It starts a gateway of its own on
 * loopback with the emulator, and removes it. Open files must be allowed: `ulimit -n 20000`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const SOCKETS = Number(process.argv[2] ?? 10_000);
const AT_ONCE = 200;
/** Longer than two rounds of pings. */
const WATCH_MS = 35_000;

/** Runs within the gateway, and tells what it takes when asked. */
const PROBE = `
  import { monitorEventLoopDelay } from "node:perf_hooks";
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let cpu = process.cpuUsage(), since = performance.now();
  process.on("message", () => {
    const used = process.cpuUsage(cpu), ms = performance.now() - since;
    const told = { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6, cpu: (used.user + used.system) / 10 / ms };
    gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send({ ...told, rss, heapUsed, external });
    delay.reset();
    cpu = process.cpuUsage();
    since = performance.now();
  });
  process.channel.unref();
`;

interface Told {
  /** Event-loop delay, in milliseconds. */
  p50: number;
  p99: number;
  max: number;
  /** In percent of one core. */
  cpu: number;
  /** In bytes, after a collection of garbage. */
  rss: number;
  heapUsed: number;
  external: number;
}

const dataDir = await mkdtemp(join(tmpdir(), "reelwire-benchmark-"));
const main = fileURLToPath(new URL("../apps/gateway/dist/main.js", import.meta.url));
const probe = `data:text/javascript,${encodeURIComponent(PROBE)}`;
const gateway = spawn(process.execPath, ["--expose-gc", "--import", probe, main], {
  env: { PORT: "0", REELWIRE_DATA_DIR: dataDir, REELWIRE_LOG_LEVEL: "error", NODE_ENV: "production" },
  stdio: ["ignore", "pipe", "inherit", "ipc"],
});

async function addressOfGateway(): Promise<string> {
  if (gateway.stdout === null) throw new Error("The gateway has no output.");
  for await (const line of createInterface({ input: gateway.stdout })) {
    const url = /GraphQL +(http:\S+)\/graphql/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("The gateway did not start.");
}

async function probed(): Promise<Told> {
  const told = once(gateway, "message");
  gateway.send({});
  return (await told)[0];
}

async function observe(label: string, ms: number): Promise<Told> {
  await probed();
  await wait(ms);
  const told = await probed();
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0).padStart(4)} MB`;
  const memory = `resident ${megabytes(told.rss)}, heap ${megabytes(told.heapUsed)}`;
  const delay = `p50 ${told.p50.toFixed(1)}, p99 ${told.p99.toFixed(1)}, max ${told.max.toFixed(0)} ms`;
  print(`${label.padEnd(42)} ${memory}; CPU ${told.cpu.toFixed(0).padStart(3)} %; event loop ${delay}`);
  return told;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

let messages = 0;

async function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  await once(socket, "open");
  const acknowledged = once(socket, "message");
  socket.send(JSON.stringify({ type: "connection_init" }));
  await acknowledged;
  socket.addEventListener("message", () => {
    messages += 1;
  });
  return socket;
}

async function createStuckVideo(url: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: 'mutation { createVideo(input: { prompt: "[fault:stuck]" }) { video { id } } }' }),
  });
  const { data } = (await response.json()) as { data: { createVideo: { video: { id: string } } } };
  return data.createVideo.video.id;
}

try {
  const url = await addressOfGateway();
  const alone = await observe("no sockets", 5_000);

  const sockets: WebSocket[] = [];
  const began = performance.now();
  while (sockets.length < SOCKETS) {
    const some = Array.from({ length: Math.min(AT_ONCE, SOCKETS - sockets.length) }, () => openSocket(url));
    sockets.push(...(await Promise.all(some)));
  }
  print(`${SOCKETS} sockets opened in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const idle = await observe("all idle", WATCH_MS);
  const kilobytes = (bytes: number) => (bytes / SOCKETS / 1000).toFixed(1);
  print(
    `a socket: ${kilobytes(idle.heapUsed - alone.heapUsed)} kB of heap, ${kilobytes(idle.rss - alone.rss)} kB resident`,
  );

  const subscribeAll = (id: string, query: string) => {
    for (const socket of sockets) socket.send(JSON.stringify({ id, type: "subscribe", payload: { query } }));
  };
  subscribeAll("activity", "subscription { videoActivity { id status } }");
  await wait(5_000);
  const subscribed = await observe("each with videoActivity, nothing happening", WATCH_MS);
  print(`a subscription: ${kilobytes(subscribed.heapUsed - idle.heapUsed)} kB of heap`);
  for (const socket of sockets) socket.send(JSON.stringify({ id: "activity", type: "complete" }));

  const id = await createStuckVideo(url);
  subscribeAll("status", `subscription { videoStatus(id: "${id}") { version status lastCheckedAt } }`);
  await wait(10_000);
  messages = 0;
  await observe("each watching the same unfinished video", WATCH_MS);
  print(`${(messages / SOCKETS).toFixed(1)} messages a socket meanwhile, one for each poll of the upstream`);
  print(`${sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length} sockets still open`);
  for (const socket of sockets) socket.close();
} finally {
  gateway.kill("SIGTERM");
  await once(gateway, "close");
  await rm(dataDir, { recursive: true, force: true });
}
