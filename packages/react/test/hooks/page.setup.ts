import { Window } from "happy-dom";
import { populateGlobal } from "vitest/runtime";

const { fetch, WebSocket, AbortController, AbortSignal } = globalThis;

/** A page without a browser, whose network is Node's. */
populateGlobal(globalThis, new Window({ url: "http://localhost:3000/" }), { bindFunctions: true });
Object.assign(globalThis, { fetch, WebSocket, AbortController, AbortSignal });
