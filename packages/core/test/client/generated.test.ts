import { readFile } from "node:fs/promises";
import { buildSchema, getNamedType, isObjectType, parse, validate } from "graphql";
import { expect, expectTypeOf, test } from "vitest";
import { GENERATED, generateClient } from "../../codegen/generate-client.ts";
import type { VideoFieldsFragment } from "../../src/client/generated/operations.ts";
import * as operations from "../../src/client/generated/operations.ts";
import type * as Schema from "../../src/client/generated/schema.ts";
import type { Video } from "../../src/client/index.ts";
import type * as Core from "../../src/index.ts";

const schema = buildSchema(await readFile(new URL("../../../../apps/gateway/schema.graphql", import.meta.url), "utf8"));

test("what was generated is what the gateway's schema and the operations give", async () => {
  for (const [name, text] of Object.entries(await generateClient())) {
    const committed = await readFile(new URL(name, GENERATED), "utf8").catch(() => "");
    expect(committed, `packages/core/src/client/generated/${name} is out of date: run "pnpm codegen"`).toBe(text);
  }
});

test.each(Object.entries(operations))("%s fits the schema", (_, document) => {
  expect(validate(schema, parse(String(document)))).toEqual([]);
});

test("the type of a video is what is asked for: everything but the images", () => {
  expectTypeOf<VideoFieldsFragment>().toExtend<Video>();
  expectTypeOf<Video>().toExtend<VideoFieldsFragment>();
  const type = getNamedType(schema.getType("Video"));
  if (!isObjectType(type)) throw new Error("The schema has no type Video.");
  const asked = /fragment VideoFields on Video\{(.*)\}$/.exec(String(operations.findVideoDocument))?.[1];
  const fields =
    asked
      ?.replaceAll(/\{[^}]*\}/g, " ")
      .trim()
      .split(/\s+/) ?? [];
  expect(fields.toSorted()).toEqual(
    Object.keys(type.getFields())
      .filter((name) => name !== "imageUrl" && name !== "lastImageUrl")
      .toSorted(),
  );
});

test("the enums are those of the core", () => {
  expectTypeOf<Schema.VideoStatus>().toEqualTypeOf<Core.VideoStatus>();
  expectTypeOf<Schema.WaitingReason>().toEqualTypeOf<Core.WaitingReason>();
  expectTypeOf<Schema.VideoErrorCode>().toEqualTypeOf<Core.VideoErrorCode>();
  expectTypeOf<Schema.AspectRatio>().toEqualTypeOf<Core.AspectRatio>();
  expectTypeOf<Schema.Resolution>().toEqualTypeOf<Core.Resolution>();
  expectTypeOf<Schema.PersonGeneration>().toEqualTypeOf<Core.PersonGeneration>();
});
