import { parentPort } from "node:worker_threads";
import type { ClipRequest } from "./clip-request.ts";
import { renderClip } from "./render-clip.ts";
import { loadWebCodecs } from "./webcodecs.ts";

/** To the worker: one clip to render; or "stop", which it does before the next frame. */
export type WorkerOrder = { readonly id: number; readonly request: ClipRequest } | "stop";
/** From the worker. */
export type WorkerReport = { readonly id: number } & ({ readonly clip: Uint8Array } | { readonly failure: string });

const port = parentPort;
if (!port) throw new Error("clip-worker runs only as a worker thread");

let stopped = false;
let work: Promise<void> = Promise.resolve();
const codecs = loadWebCodecs();

port.on("message", (order: WorkerOrder) => {
  if (order === "stop") {
    stopped = true;
    // An encoder that is torn down in the middle of a frame takes the whole process with it.
    work.then(() => port.close());
    return;
  }
  work = work.then(async () => port.postMessage(await render(order.id, order.request)));
});

async function render(id: number, request: ClipRequest): Promise<WorkerReport> {
  try {
    return { id, clip: await renderClip(await codecs, request, () => stopped) };
  } catch (error) {
    return { id, failure: error instanceof Error ? error.message : String(error) };
  }
}
