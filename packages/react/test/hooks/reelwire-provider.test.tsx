import { cleanup } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test } from "vitest";
import { createConnection, ReelwireProvider, type ReelwireProviderProps, useReelwire } from "../../src/index.ts";
import { renderLive } from "./render-live.tsx";

afterEach(cleanup);

const URL = "http://127.0.0.1:9/graphql";

function renderUnder(options: ReelwireProviderProps) {
  let given = options;
  const around = (children: ReactNode) => <ReelwireProvider {...given}>{children}</ReelwireProvider>;
  const live = renderLive(() => useReelwire(), { around });
  return {
    live,
    rerender(options: ReelwireProviderProps) {
      given = options;
      live.rerender();
    },
  };
}

test("a connection is kept as long as what it was made of is the same; a token function may be another one each time", () => {
  const { live, rerender } = renderUnder({ url: URL, token: () => "one", transports: ["websocket"] });
  const made = live.now;
  rerender({ url: URL, token: () => "two", transports: ["websocket"] });
  expect(live.now).toBe(made);
});

test.each<[string, ReelwireProviderProps]>([
  ["address", { url: `${URL}/other`, token: "one" }],
  ["token", { url: URL, token: "two" }],
  ["token, which is a function", { url: URL, token: () => "one" }],
  ["choice of transports", { url: URL, token: "one", transports: ["polling"] }],
])("another %s makes another connection", (_, options) => {
  const { live, rerender } = renderUnder({ url: URL, token: "one" });
  const made = live.now;
  rerender(options);
  expect(live.now).not.toBe(made);
});

test("a client that is given is used, and another in its place", () => {
  const [one, other] = [createConnection({ url: URL }), createConnection({ url: URL })];
  const { live, rerender } = renderUnder({ client: one });
  expect(live.now).toBe(one);
  rerender({ client: other });
  expect(live.now).toBe(other);
});

test("the nearest provider counts, and a client that is given before any", () => {
  const [outer, inner, given] = [1, 2, 3].map(() => createConnection({ url: URL }));
  const around = (children: ReactNode) =>
    outer && inner ? (
      <ReelwireProvider client={outer}>
        <ReelwireProvider client={inner}>{children}</ReelwireProvider>
      </ReelwireProvider>
    ) : null;
  expect(renderLive(() => useReelwire(), { around }).now).toBe(inner);
  expect(renderLive(() => useReelwire(given), { around }).now).toBe(given);
});
