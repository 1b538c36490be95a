import { createRequire } from "node:module";
import { app } from "../../packages/zapier/dist/app.js";
import type { Vocabulary, Words } from "./words.ts";

interface InputField {
  key: string;
  label?: string;
  helpText?: string;
  placeholder?: string;
  choices?: { value: string; label: string }[];
}

interface OutputField {
  key: string;
  label?: string;
}

interface Operation {
  inputFields?: unknown;
  outputFields?: unknown;
  sample?: unknown;
}

/** As Zapier's own, which is a dependency of that package alone. */
interface Platform {
  createAppTester(definition: unknown): (part: unknown, bundle: object) => Promise<InputField[]>;
}
const platform: Platform = createRequire(new URL("../../packages/zapier/package.json", import.meta.url))(
  "zapier-platform-core",
);

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const hasKey = (field: unknown) => typeof field === "object" && field !== null && "key" in field;
const isInputField = (field: unknown): field is InputField => hasKey(field);
const isOutputField = (field: unknown): field is OutputField => hasKey(field);

/** What the connection says of its fields. */
export const connectionWords = inputWords(app.authentication?.fields ?? []);

const visible: Readonly<Record<string, { display: Words; operation: Operation }>> = Object.fromEntries(
  [...Object.values(app.creates ?? {}), ...Object.values(app.searches ?? {}), ...Object.values(app.triggers ?? {})]
    .filter(({ display }) => !("hidden" in display && display.hidden === true))
    .map((one) => [one.key, one]),
);

/** What the steps and triggers that people see are called. */
export const displays: Vocabulary = Object.fromEntries(
  Object.entries(visible).map(([key, { display }]) => [
    key,
    { label: display.label, description: display.description },
  ]),
);

/** What a step says of its input fields, those that depend on the gateway too. */
export async function stepInputWords(key: string, authData: { url: string; apiKey: string }): Promise<Vocabulary> {
  const { inputFields } = operation(key);
  const ask = platform.createAppTester(app);
  const fields = await Promise.all(
    asList(inputFields).map(async (field) =>
      typeof field === "function" ? await ask(field, { authData, inputData: {} }) : [field],
    ),
  );
  return inputWords(fields.flat());
}

/** What a step says of its output fields, each with its sample. */
export function stepOutputWords(key: string): Vocabulary {
  const { outputFields, sample } = operation(key);
  return Object.fromEntries(
    asList(outputFields)
      .filter(isOutputField)
      .map(({ key, label }) => [key, { label: label ?? "", sample: at(sample, key.split("__")) }]),
  );
}

function operation(key: string): Operation {
  const one = visible[key];
  if (one === undefined) throw new Error(`There is no ${key}.`);
  return one.operation;
}

function inputWords(fields: readonly unknown[]): Vocabulary {
  return Object.fromEntries(
    fields.filter(isInputField).map(({ key, label, helpText, placeholder, choices }) => [
      key,
      {
        label: label ?? "",
        // A link to where a person finds more may stand at its end.
        description: (helpText ?? "").replace(/ \[[^\]]*\]\([^)]*\)$/, ""),
        sample: placeholder,
        ...(choices && { values: Object.fromEntries(choices.map(({ value, label }) => [value, { label }])) }),
      },
    ]),
  );
}

function at(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  // What is null as a whole has parts that are.
  return typeof value === "object" && value !== null ? at(Reflect.get(value, first), rest) : null;
}
