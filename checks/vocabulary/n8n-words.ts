import { createRequire } from "node:module";
import type { Vocabulary, Words } from "./words.ts";

interface Option {
  name: string;
  value?: string | number;
  description?: string;
  displayName?: string;
}

/** A parameter of a node's, as far as it says something to people. */
interface Parameter {
  displayName: string;
  name: string;
  type: string;
  description?: string;
  placeholder?: string;
  options?: (Option | Parameter)[];
  displayOptions?: { show?: { operation?: string[] } };
}

interface NodeClass {
  new (): { description: { properties: Parameter[] } };
}

// As n8n loads it: CommonJS, by the place that package.json tells.
const require = createRequire(import.meta.url);
const { Reelwire }: { Reelwire: NodeClass } = require("../../packages/n8n/dist/nodes/Reelwire/Reelwire.node.js");
const {
  ReelwireTrigger,
}: { ReelwireTrigger: NodeClass } = require("../../packages/n8n/dist/nodes/ReelwireTrigger/ReelwireTrigger.node.js");
const {
  ReelwireApi,
}: {
  ReelwireApi: new () => { properties: Parameter[] };
} = require("../../packages/n8n/dist/credentials/ReelwireApi.credentials.js");

const isParameter = (option: Option | Parameter): option is Parameter => "type" in option;

// A source of a package that is not of type "module", in which an import that TypeScript sees would have to be CommonJS.
const { videoJson }: { videoJson(video: unknown): Record<string, unknown> } = await import(
  new URL("../../packages/n8n/gateway/video-json.ts", import.meta.url).href
);

/** What an item has for a video, by its names. */
export function itemOutput(video: Readonly<Record<string, unknown>>): Vocabulary {
  return Object.fromEntries(Object.entries(videoJson(video)).map(([name, sample]) => [name, { sample }]));
}

/** The parameters, and those of collections in the place of the collection. */
function wordsOf(parameters: readonly Parameter[]): Vocabulary {
  const each = parameters.flatMap((one) =>
    one.type === "collection" ? (one.options ?? []).filter(isParameter) : [one],
  );
  return Object.fromEntries(each.map((one) => [one.name, words(one)]));
}

function words({ type, displayName, description, placeholder, options = [] }: Parameter): Words {
  const values = options.filter((option): option is Option => !isParameter(option));
  return {
    label: displayName,
    description: description ?? "",
    ...(placeholder?.startsWith("e.g. ") && { sample: placeholder.slice("e.g. ".length) }),
    ...((type === "options" || type === "multiOptions") &&
      values.length > 0 && {
        values: Object.fromEntries(values.map(({ name, value, description }) => [value, { label: name, description }])),
      }),
  };
}

const { properties } = new Reelwire().description;

/** What an operation of the node says of its parameters. */
export function operationWords(operation: string): Vocabulary {
  return wordsOf(properties.filter(({ displayOptions }) => displayOptions?.show?.operation?.includes(operation)));
}

/** What the node says of its operations. */
export const operations =
  words(properties.find(({ name }) => name === "operation") ?? missing("operation")).values ?? {};

/** What the trigger says of its parameters. */
export const triggerWords = wordsOf(new ReelwireTrigger().description.properties);

/** What the credential says of its parameters. */
export const credentialWords = wordsOf(new ReelwireApi().properties);

function missing(name: string): never {
  throw new Error(`The node has no ${name}.`);
}
