import { Worker } from "node:worker_threads";
import { EmulatorError } from "../emulator-error.ts";
import type { ClipRequest, ClipSource } from "./clip-request.ts";
import type { WorkerOrder, WorkerReport } from "./clip-worker.ts";

// Node runs the source as it is, so the worker has this file's own ending.
const workerFile = new URL(import.meta.url.replace(/clip-renderer(\.[jt]s)$/, "clip-worker$1"));

/** Renders clips one after the other on one worker thread, which starts with the first. */
export class ClipRenderer implements ClipSource {
  readonly #waiting = new Map<number, PromiseWithResolvers<Uint8Array>>();
  #worker: Worker | undefined;
  #nextId = 0;
  #closed = false;

  async clip(request: ClipRequest): Promise<Uint8Array> {
    if (this.#closed) throw closed();
    const id = this.#nextId++;
    const waiting = Promise.withResolvers<Uint8Array>();
    this.#waiting.set(id, waiting);
    this.#worker ??= this.#startWorker();
    this.#worker.ref();
    this.#worker.postMessage({ id, request } satisfies WorkerOrder);
    return waiting.promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(closed());
    this.#waiting.clear();
    const worker = this.#worker;
    if (!worker) return;
    const exited = new Promise((resolve) => worker.once("exit", resolve));
    worker.ref();
    worker.postMessage("stop" satisfies WorkerOrder);
    await exited;
  }

  #startWorker(): Worker {
    const worker = new Worker(workerFile);
    worker.on("message", (report: WorkerReport) => {
      const waiting = this.#waiting.get(report.id);
      this.#waiting.delete(report.id);
      if ("clip" in report) waiting?.resolve(report.clip);
      else waiting?.reject(new EmulatorError("RENDER_FAILED", `A clip could not be rendered: ${report.failure}`));
      // Idle, it should not keep a process alive that has nothing else to do.
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on("error", (cause: unknown) => {
      this.#worker = undefined;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const failure = new EmulatorError("RENDER_FAILED", `The rendering thread ended: ${reason}`, { cause });
      for (const waiting of this.#waiting.values()) waiting.reject(failure);
      this.#waiting.clear();
    });
    return worker;
  }
}

function closed(): EmulatorError {
  return new EmulatorError("CLOSED", "The emulator was closed before the clip was rendered.");
}
