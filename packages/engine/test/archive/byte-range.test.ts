import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseByteRange } from "../../src/archive/byte-range.ts";

describe("which bytes of ten a Range header asks for", () => {
  it.each([
    ["bytes=0-0", { start: 0, end: 0 }],
    ["bytes=2-5", { start: 2, end: 5 }],
    ["bytes=0-", { start: 0, end: 9 }],
    ["bytes=9-", { start: 9, end: 9 }],
    ["bytes=5-99999999999999999999", { start: 5, end: 9 }],
    ["bytes=-3", { start: 7, end: 9 }],
    ["bytes=-10", { start: 0, end: 9 }],
    ["bytes=-11", { start: 0, end: 9 }],
    ["Bytes= 0-1 ", { start: 0, end: 1 }],
  ])("%s: some", (header, range) => {
    expect(parseByteRange(header, 10)).toEqual(range);
  });

  it.each(["bytes=10-", "bytes=10-20", "bytes=99999999999999999999-", "bytes=-0"])("%s: none there are", (header) => {
    expect(parseByteRange(header, 10)).toBe("unsatisfiable");
  });

  it.each([
    undefined,
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=5-2",
    "bytes=a-b",
    "bytes=0x1-2",
    "bytes=1.5-2",
    "items=0-1",
  ])("%s: all, the header does not count", (header) => {
    expect(parseByteRange(header, 10)).toBeNull();
  });

  it("several ranges: all", () => {
    expect(parseByteRange("bytes=0-1,4-5", 10)).toBeNull();
  });

  it("an empty file has no bytes", () => {
    expect(parseByteRange("bytes=0-", 0)).toBe("unsatisfiable");
    expect(parseByteRange("bytes=-5", 0)).toBe("unsatisfiable");
  });

  it("never goes outside the file", () => {
    const header = fc.oneof(
      fc.tuple(fc.nat(), fc.option(fc.nat())).map(([first, last]) => `bytes=${first}-${last ?? ""}`),
      fc.nat().map((length) => `bytes=-${length}`),
      fc.string().map((anything) => `bytes=${anything}`),
    );
    fc.assert(
      fc.property(header, fc.nat(1000), (given, size) => {
        const range = parseByteRange(given, size);
        if (range === null || range === "unsatisfiable") return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});
