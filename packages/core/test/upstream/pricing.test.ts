import { describe, expect, test } from "vitest";
import { clientOf, failureOf } from "./fixtures.ts";
import { answer, scriptedServer } from "./scripted-server.ts";

const MODEL = "google/veo-3.1-lite-generate-001";

async function read(pricing: unknown, entry: object = {}) {
  const data = [
    { id: "other/model", aliases: [], pricing: { kind: "variable" } },
    { id: MODEL, pricing, ...entry },
  ];
  await using server = await scriptedServer(answer(200, { object: "list", data }));
  const { pricing: price } = await clientOf(server.url).client.pricing(MODEL);
  expect(server.seen[0]).toMatchObject({ query: { id: MODEL, include: "pricing" } });
  return price;
}

describe("the catalogue's price", () => {
  test("fixed", async () => {
    const units = [{ price: 0.05, unit: "second", per: 1, extra: "dropped" }];
    expect(await read({ kind: "fixed", currency: "USD", units })).toEqual({
      kind: "fixed",
      units: [{ price: 0.05, unit: "second", per: 1 }],
    });
  });

  test("variants, with numbers and booleans as text either way", async () => {
    const variants = [
      { when: { resolution: "720p", generate_audio: true, duration: 8 }, price: "0.05", unit: "second", per: "1" },
    ];
    expect(await read({ kind: "variants", dimensions: ["resolution"], variants })).toEqual({
      kind: "variants",
      variants: [
        { when: { resolution: "720p", generate_audio: "true", duration: "8" }, price: 0.05, unit: "second", per: 1 },
      ],
    });
  });

  test("variable", async () => {
    expect(await read({ kind: "variable" })).toEqual({ kind: "variable" });
  });

  test("by an alias", async () => {
    expect(await read({ kind: "variable" }, { id: "google/veo-renamed", aliases: [MODEL] })).toEqual({
      kind: "variable",
    });
  });
});

describe("no price rather than a wrong one", () => {
  const rate = { price: 1, unit: "second", per: 1 };
  test.each([
    ["none", undefined],
    ["a kind that is not documented", { kind: "auction" }],
    ["another currency", { kind: "fixed", currency: "EUR", units: [rate] }],
    ["a rate without per", { kind: "fixed", units: [{ price: 1, unit: "second" }] }],
    ["one rate of two unread", { kind: "fixed", units: [rate, { price: "?", unit: "video", per: 1 }] }],
    [
      "one variant of two unread",
      {
        kind: "variants",
        variants: [
          { ...rate, when: { a: null } },
          { ...rate, when: {} },
        ],
      },
    ],
  ])("%s", async (_, pricing) => {
    expect(await read(pricing)).toBeNull();
  });

  test("the model is not listed", async () => {
    await using server = await scriptedServer(
      answer(200, { data: [null, { id: "other", pricing: { kind: "variable" } }] }),
    );
    expect(await clientOf(server.url).client.pricing(MODEL)).toEqual({ pricing: null, etag: null });
  });

  test("no catalogue at all is an error", async () => {
    await using server = await scriptedServer(answer(200, { data: "none" }));
    expect(await failureOf(clientOf(server.url, { retries: 0 }).client.pricing(MODEL))).toMatchObject({
      code: "BAD_ANSWER",
    });
  });
});

describe("a price that is known", () => {
  const body = { data: [{ id: MODEL, pricing: { kind: "variable" } }] };
  const known = { pricing: { kind: "variable" } as const, etag: 'W/"one"' };

  test("comes with its ETag, and is asked for by it", async () => {
    await using server = await scriptedServer(answer(200, body, { etag: 'W/"one"' }), answer(304, ""));
    const { client } = clientOf(server.url);
    const first = await client.pricing(MODEL);
    expect(first).toEqual(known);
    expect(await client.pricing(MODEL, { known: first })).toBe(first);
    const [asked, askedAgain] = server.seen.map(({ headers }) => headers);
    expect(asked).not.toHaveProperty("if-none-match");
    expect(askedAgain).toMatchObject({ "if-none-match": 'W/"one"', "cache-control": "max-age=0" });
  });

  test("is replaced by what is new", async () => {
    const now = { data: [{ id: MODEL, pricing: { kind: "fixed", units: [] } }] };
    await using server = await scriptedServer(answer(200, now, { etag: '"two"' }));
    expect(await clientOf(server.url).client.pricing(MODEL, { known })).toEqual({
      pricing: { kind: "fixed", units: [] },
      etag: '"two"',
    });
  });

  test.each([
    ["nothing", undefined],
    ["what came without an ETag", { ...known, etag: null }],
  ])("knowing %s, everything is asked for, and a 304 is an error", async (_, known) => {
    await using server = await scriptedServer(answer(304, ""));
    expect(await failureOf(clientOf(server.url).client.pricing(MODEL, { known: known ?? null }))).toMatchObject({
      code: "BAD_ANSWER",
      httpStatus: 304,
    });
    expect(server.seen[0]?.headers).not.toHaveProperty("if-none-match");
  });
});
