import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import type { INodeProperties } from "n8n-workflow";
import { beforeAll, expect, test } from "vitest";
import { wording } from "../fields/wording.ts";
import { type LoadedPackage, loadPackage } from "./n8n/node-types.mts";

// n8n's lint reads what stands in a node's source as a literal. Most of ours is made of core's tables: here it is written out whole, and
// held to the same rules.

const HERE = fileURLToPath(new URL("..", import.meta.url));

let loaded: LoadedPackage;

beforeAll(async () => {
  loaded = await loadPackage();
});

/** What the lint has to say to these parameters, written out in this node. */
async function problems(name: string, properties: readonly INodeProperties[]): Promise<string[]> {
  const source = `export class ${name} { description = { properties: ${written(properties)} }; }`;
  const [result] = await new ESLint({ cwd: HERE }).lintText(source, { filePath: `nodes/${name}/${name}.node.ts` });
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId?.startsWith("n8n-nodes-base/node-param-"))
    .map(({ ruleId, column }) => `${ruleId}: ${source.slice(column - 1, column + 120)}`);
}

/** A value as it would stand in a source file; without the names that are written as they are. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (typeof value === "string") return JSON.stringify(value.replace(/<code>[^<]*<\/code>/g, "it"));
  if (typeof value !== "object" || value === null) return String(value);
  const members = Object.entries(value).map(
    ([name, part]) => `${/^\w+$/.test(name) ? name : JSON.stringify(name)}: ${written(part)}`,
  );
  return `{ ${members.join(", ")} }`;
}

test("what is made of core's words is as n8n has words", async () => {
  for (const [name, type] of [
    ["Reelwire", "reelwire"],
    ["ReelwireTrigger", "reelwireTrigger"],
  ] as const) {
    const { properties } = loaded.node(`n8n-nodes-reelwire.${type}`).description;
    expect(properties.length).toBeGreaterThan(3);
    expect(await problems(name, properties)).toEqual([]);
  }
});

test("other words would be found", async () => {
  const [found = "", ...others] = await problems("Reelwire", [
    { displayName: "Sound", name: "generateAudio", type: "boolean", default: true, description: "Has sound" },
  ]);
  expect(found).toContain("n8n-nodes-base/node-param-description-boolean-without-whether");
  expect(others).toEqual([]);
});

test("a single sentence ends without a period, and names are marked", () => {
  expect(wording("Your own id for the video.")).toBe("Your own ID for the video");
  expect(wording("By its id: `video_id` of 1 < 2. Not of others.")).toBe(
    "By its ID: <code>video_id</code> of 1 &lt; 2. Not of others.",
  );
});
