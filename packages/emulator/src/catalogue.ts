import { createHash } from "node:crypto";
import { bareModel, canonicalModel } from "./create-body.ts";
import { usdPerSecond } from "./price.ts";

interface CatalogueModel {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly type: string;
  readonly info: Readonly<Record<string, string | number>> & { readonly name: string; readonly developer: string };
  readonly tags: readonly string[];
  readonly modalities: { readonly input: readonly string[]; readonly output: readonly string[] };
  readonly capabilities: readonly string[];
  readonly pricing: Readonly<Record<string, unknown>>;
}

/** The model that can be used here, and two that only stand beside it, so that filters have something to leave out. */
const models: readonly CatalogueModel[] = [
  {
    id: canonicalModel,
    aliases: [bareModel],
    type: "video",
    info: {
      name: "Veo 3.1 Lite",
      developer: "Google",
      description: "Video with sound from words, and from a first and a last frame.",
    },
    tags: ["playground:video"],
    modalities: { input: ["text", "image"], output: ["video", "audio"] },
    capabilities: ["text_to_video", "image_to_video"],
    pricing: {
      kind: "variants",
      currency: "USD",
      dimensions: ["resolution"],
      variants: [
        { when: { resolution: "720p" }, price: usdPerSecond["720P"], unit: "second", per: 1 },
        { when: { resolution: "1080p" }, price: usdPerSecond["1080P"], unit: "second", per: 1 },
      ],
    },
  },
  {
    id: "emulator/chat",
    aliases: ["chat"],
    type: "openai/chat-completions",
    info: { name: "Chat", developer: "Emulator", contextLength: 128_000 },
    tags: ["playground:chat"],
    modalities: { input: ["text"], output: ["text"] },
    capabilities: ["streaming"],
    pricing: {
      kind: "fixed",
      currency: "USD",
      units: [
        { unit: "input_token", price: 1.3, per: 1_000_000 },
        { unit: "output_token", price: 5.2, per: 1_000_000 },
      ],
    },
  },
  {
    id: "emulator/video",
    aliases: [],
    type: "video",
    info: { name: "Video", developer: "Emulator" },
    tags: ["playground:video"],
    modalities: { input: ["text"], output: ["video"] },
    capabilities: ["text_to_video"],
    pricing: { kind: "variable", currency: "USD" },
  },
];

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** `GET /v1/models`, with the ETag of the answer. Nothing in its query is ever refused. */
export function listModels(query: Query): { body: { object: "list"; data: object[] }; etag: string } {
  const wanted = (name: string) =>
    [query[name] ?? []]
      .flat()
      .flatMap((value) => value.split(","))
      .filter(Boolean);
  const any = (name: string, has: (value: string) => boolean) => {
    const values = wanted(name);
    return values.length === 0 || values.some(has);
  };
  const all = wanted("include").includes("all") || wanted("details").some((value) => ["true", "1"].includes(value));
  const included = (section: string) => all || wanted("include").includes(section);
  const data = models
    .filter(
      ({ id, aliases, type, tags, modalities: { input, output }, capabilities }) =>
        any("id", (value) => value === id || aliases.includes(value)) &&
        any("type", (value) => value === type) &&
        any("tags", (value) => tags.includes(value)) &&
        any("modalities", (value) => [...input, ...output].includes(value)) &&
        any("input_modalities", (value) => input.includes(value)) &&
        any("output_modalities", (value) => output.includes(value)) &&
        any("capabilities", (value) => capabilities.includes(value)),
    )
    .map(({ modalities, capabilities, pricing, ...model }) => ({
      ...model,
      ...(included("modalities") && { modalities }),
      ...(included("capabilities") && { capabilities }),
      ...(included("pricing") && { pricing }),
    }));
  const body = { object: "list" as const, data };
  const digest = createHash("sha256").update(JSON.stringify(body)).digest("base64url").slice(0, 27);
  return { body, etag: `W/"${digest}"` };
}
