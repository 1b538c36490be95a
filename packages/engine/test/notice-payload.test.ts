import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { VideoNotice } from "../src/event-bus.ts";
import { packNotices, unpackNotices } from "../src/notice-payload.ts";

const FROM = "4dbbd1a0-9a53-4be3-9a2a-0b5c5e9d3c55";
/** PostgreSQL refuses a payload that is not shorter than this, in bytes. */
const LIMIT = 8_000;

/** Texts as callers may name themselves: any characters, lines and halves of characters among them. */
const name = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("", "ada\nbob", '","', "\\", "\u{1f3ac}".repeat(20), "\ud83d", "\0", "\u2028"),
);
const long = fc.integer({ min: 2_000, max: 9_000 }).map((length) => "\u{e4}".repeat(length));

const notices = (subject: fc.Arbitrary<string>): fc.Arbitrary<VideoNotice> =>
  fc.record({
    videoId: fc.uuid().map((id) => `video_${id}`),
    owner: fc.record({ project: name, subject }),
    version: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    lastCheckedAt: fc.option(fc.integer({ min: 0, max: 2 ** 45 })),
  });

const unpacked = (payloads: readonly string[]) => payloads.map(unpackNotices);

test("every notice comes back as it was, in order, from payloads that PostgreSQL takes", () => {
  fc.assert(
    fc.property(fc.array(notices(name), { maxLength: 200 }), (given) => {
      const payloads = packNotices(FROM, given);
      for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(LIMIT);
      const messages = unpacked(payloads);
      expect(messages.flatMap((message) => message?.notices ?? [])).toEqual(given);
      for (const message of messages) expect(message?.from).toBe(FROM);
    }),
    { seed: 1 },
  );
});

test("one that is too long by itself becomes a gap, and the others are not harmed", () => {
  fc.assert(
    fc.property(fc.array(notices(fc.oneof(name, long)), { maxLength: 20 }), (given) => {
      const payloads = packNotices(FROM, given);
      for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(LIMIT);
      const fits = ({ owner, ...rest }: VideoNotice) =>
        FROM.length + 2 + Buffer.byteLength(JSON.stringify([...Object.values(rest), owner.project, owner.subject])) <=
        7_900;
      const messages = unpacked(payloads);
      expect(messages.flatMap((message) => message?.notices ?? [])).toEqual(given.filter(fits));
      expect(messages.filter((message) => message === null)).toHaveLength(given.filter((one) => !fits(one)).length);
    }),
    { seed: 2, numRuns: 50 },
  );
});

test("few payloads: each but the last has no room for the first notice of the next", () => {
  const given = Array.from({ length: 1_000 }, (_, index) => ({
    videoId: `video_${index}`,
    owner: { project: "default", subject: "" },
    version: 3,
    lastCheckedAt: 1_700_000_000_000,
  }));
  const payloads = packNotices(FROM, given);
  for (const [index, payload] of payloads.slice(0, -1).entries()) {
    const next = payloads[index + 1]?.split("\n")[1] ?? "";
    expect(Buffer.byteLength(payload) + 1 + Buffer.byteLength(next)).toBeGreaterThan(7_900);
  }
  expect(packNotices(FROM, [])).toEqual([]);
});

test.each([
  "",
  "nonsense",
  FROM,
  `${FROM}\n`,
  `${FROM}\n[]`,
  `${FROM}\n{"videoId":"v"}`,
  `${FROM}\n["v","1",null,"p","s"]`,
  `${FROM}\n["v",1,"now","p","s"]`,
  `${FROM}\n["v",1,null,"p"]`,
  `${FROM}\n["v",1,null,"p","s"]\n`,
  `${FROM}\n["v",1,null,"p","s"]\n["v",`,
])("what is no message is not guessed at: %j", (payload) => {
  expect(unpackNotices(payload)).toBeNull();
});

test("whatever is notified is a message or none, and never an error", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.json().map((json) => `${FROM}\n${json}`),
      ),
      (payload) => {
        const message = unpackNotices(payload);
        if (message !== null) expect(message.notices.length).toBeGreaterThan(0);
        else expect(message).toBeNull();
      },
    ),
    { seed: 3, numRuns: 500 },
  );
});
