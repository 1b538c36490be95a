import { expect, it } from "vitest";
import { galleryAddress, isNarrowed, readGalleryFilter, toVideoFilter } from "../src/gallery/gallery-filter.ts";
import { holdBack } from "../src/gallery/held-back.ts";
import { someVideo } from "./some-video.ts";

const ALL = { status: null, search: "", from: null, to: null };

it("stands in the address, and comes back from it", () => {
  const filter = { status: "failed", search: "a & b = ü", from: "2026-11-01", to: "2026-11-22" } as const;
  const address = galleryAddress(filter);
  expect(readGalleryFilter(new URL(address, "http://studio").search)).toEqual(filter);
  expect(galleryAddress(ALL)).toBe("/videos");
  expect(galleryAddress({ ...ALL, search: "   " })).toBe("/videos");
  expect(isNarrowed(ALL)).toBe(false);
  expect(isNarrowed(filter)).toBe(true);
});

it.each(["?status=toString", "?status=lost", "?from=yesterday&to=2026-02-30", "?search=", "?unknown=1"])(
  "reads %s as nothing",
  (search) => expect(readGalleryFilter(search)).toEqual(ALL),
);

it("asks for what was created on the days given, both included, in the viewer's time zone", () => {
  const { createdAfter, createdBefore } = toVideoFilter({ ...ALL, from: "2026-11-01", to: "2026-11-01" });
  expect(new Date(createdAfter ?? "").getTime()).toBe(new Date(2026, 10, 1).getTime() - 1);
  expect(new Date(createdBefore ?? "").getTime()).toBe(new Date(2026, 10, 2).getTime());
});

it("asks for the statuses of a group, and for the words without the space around them", () => {
  expect(toVideoFilter(ALL)).toEqual({});
  expect(toVideoFilter({ ...ALL, status: "finished", search: " boat " })).toEqual({
    status: ["COMPLETED"],
    search: "boat",
  });
  expect(toVideoFilter({ ...ALL, status: "running" }).status).toContain("GENERATING");
});

const [a, b, c, d] = [someVideo({ id: "a" }), someVideo({ id: "b" }), someVideo({ id: "c" }), someVideo({ id: "d" })];

it("holds new ones back while somebody reads, and shows what is appended", () => {
  const known = new Set(["b", "c"]);
  expect(holdBack(known, [a, b, c], true)).toEqual({ shown: [b, c], waiting: 1 });
  expect(holdBack(known, [b, a, c, d], true)).toEqual({ shown: [b, c, d], waiting: 1 });
  expect(holdBack(known, [a, b, c], false)).toEqual({ shown: [a, b, c], waiting: 0 });
});

it("shows another list as it is", () => {
  expect(holdBack(new Set(["x"]), [a, b], true)).toEqual({ shown: [a, b], waiting: 0 });
  expect(holdBack(new Set(), [a], true)).toEqual({ shown: [a], waiting: 0 });
});
