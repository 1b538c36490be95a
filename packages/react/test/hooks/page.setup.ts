import { Window } from "happy-dom";
import { populateGlobal } from "vitest/runtime";

const { fetch, AbortController, AbortSignal } = globalThis;

/** A page without a browser, which sends requests as Node does. */
populateGlobal(globalThis, new Window({ url: "http://localhost:3000/" }), { bindFunctions: true });
Object.assign(globalThis, { fetch, AbortController, AbortSignal });
