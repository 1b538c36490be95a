import { expect, test } from "vitest";
import type { VideoFilter } from "../src/index.ts";
import { matchesFilter } from "../src/matches-filter.ts";
import { someVideo } from "./some-video.ts";

const video = someVideo({
  prompt: "A Paper Boat, 50% ÄÖ",
  externalId: "Order-1042",
  idempotencyKey: "key-1",
  status: "QUEUED",
});

test.each<[VideoFilter, boolean]>([
  [{}, true],
  [
    { status: null, externalId: null, idempotencyKey: null, createdAfter: null, createdBefore: null, search: null },
    true,
  ],
  [{ status: ["QUEUED", "GENERATING"] }, true],
  [{ status: ["COMPLETED"] }, false],
  [{ externalId: "Order-1042" }, true],
  [{ externalId: "order-1042" }, false],
  [{ idempotencyKey: "key-1" }, true],
  [{ idempotencyKey: "key-2" }, false],
  [{ createdAfter: "2026-11-22T08:59:59.999Z" }, true],
  [{ createdAfter: "2026-11-22T09:00:00.000Z" }, false],
  [{ createdAfter: "2026-11-22T10:30:00.000+02:00" }, true],
  [{ createdBefore: "2026-11-22T09:00:00.001Z" }, true],
  [{ createdBefore: "2026-11-22T09:00:00.000Z" }, false],
  [{ search: "paper b" }, true],
  [{ search: "50%" }, true],
  [{ search: "äö" }, true],
  [{ search: "order-10" }, true],
  [{ search: "paper%boat" }, false],
  [{ search: "steamer" }, false],
  [{ search: "paper", status: ["COMPLETED"] }, false],
])("%j: %s", (filter, expected) => {
  expect(matchesFilter(video, filter)).toBe(expected);
});

test("a video without an external id is found by its prompt alone", () => {
  expect(matchesFilter(someVideo(), { search: "null" })).toBe(false);
});
