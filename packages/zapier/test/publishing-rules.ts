// What Zapier checks of an integration that is to be published, and its own validation does not:
// https://docs.zapier.com/integrations/publish/integration-checks-reference.

import { version as coreVersion } from "zapier-platform-core";

/** A field of an input, as far as the rules look at it. */
export interface InputField {
  key: string;
  label?: string;
  helpText?: string;
  placeholder?: string;
  type?: string;
  dynamic?: string;
  search?: string;
}

interface OutputField {
  key: string;
  label?: string;
  type?: string;
  primary?: boolean;
}

interface Step {
  key: string;
  noun?: string;
  display: { label?: string; description?: string; hidden?: boolean };
  operation: {
    type?: string;
    inputFields?: readonly object[];
    outputFields?: readonly object[];
    sample?: object;
  };
}

/** An integration, as far as the rules look at it. */
export interface Definition {
  platformVersion: string;
  authentication?: { fields?: InputField[]; test?: unknown; connectionLabel?: unknown };
  triggers?: Record<string, Step>;
  searches?: Record<string, Step>;
  creates?: Record<string, Step>;
}

type Kind = "triggers" | "searches" | "creates";
const KINDS: readonly Kind[] = ["triggers", "searches", "creates"];

/** Words that a title may have in small letters, but at its beginning. */
const SMALL = new Set(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to"]);

const DESCRIPTION: Record<Kind, [pattern: RegExp, wanted: string]> = {
  triggers: [/^Triggers when [^.]+\.$/, "“Triggers when … .”"],
  searches: [/^Finds [^.]+\.$/, "“Finds … .”"],
  creates: [/^[A-Z][a-z]+s .+\.$/s, "sentences that say what it does: “Makes … .”"],
};

const ISO_WITH_ZONE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const TYPES: Readonly<Record<string, string>> = {
  string: "string",
  text: "string",
  datetime: "string",
  file: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
};

/** Everything that a published integration must not have, each in one line that begins with where it is. */
export function publishingProblems(app: Definition): string[] {
  const steps = KINDS.flatMap((kind) => Object.values(app[kind] ?? {}).map((step) => ({ kind, step })));
  return [
    ...(app.platformVersion === coreVersion ? [] : [`platformVersion: must be ${coreVersion}, which is installed`]),
    ...authenticationProblems(app),
    ...(Object.keys(app.searches ?? {}).length > 0 ? [] : ["searches: there must be one"]),
    ...steps.flatMap(({ kind, step }) =>
      stepProblems(app, kind, step).map((problem) => `${kind}.${step.key}: ${problem}`),
    ),
  ];
}

function authenticationProblems({ authentication }: Definition): string[] {
  const problems: string[] = [];
  const fields = authentication?.fields ?? [];
  if (!fields.some(({ helpText = "" }) => /\[[^\]]+\]\(https:\/\/[^)]+\)/.test(helpText))) {
    problems.push("authentication: no field links to help, as [How to make a key](https://…)");
  }
  if (!authentication?.test) problems.push("authentication: there is no test");
  if (!authentication?.connectionLabel) problems.push("authentication: there is no connection label");
  for (const { key, type } of fields) {
    if (isSecret(key) && type !== "password") problems.push(`authentication: ${key} must be of the type password`);
    const shown = typeof authentication?.connectionLabel === "string" ? authentication.connectionLabel : "";
    if (isSecret(key) && shown.includes(key)) problems.push(`authentication: the connection label shows ${key}`);
  }
  return [...problems, ...inputFieldProblems(fields).map((problem) => `authentication: ${problem}`)];
}

function stepProblems(app: Definition, kind: Kind, step: Step): string[] {
  const { display, noun, operation } = step;
  const [pattern, wanted] = DESCRIPTION[kind];
  const problems: string[] = [];
  if (!isTitle(display.label)) problems.push(`the label "${display.label}" is not in Title Case`);
  if (!isTitle(noun)) problems.push(`the noun "${noun}" is not in Title Case`);
  if (!pattern.test(display.description ?? "")) problems.push(`the description must be ${wanted}`);
  if (operation.type === "hook") {
    for (const perform of ["performList", "performSubscribe", "performUnsubscribe"] as const) {
      if (!Reflect.get(operation, perform)) problems.push(`there is no ${perform}`);
    }
  }
  const inputs = (operation.inputFields ?? []).filter(isField);
  return [
    ...problems,
    ...outputProblems(operation, kind),
    ...inputFieldProblems(inputs),
    ...inputs.flatMap((field) => referenceProblems(app, kind, field)),
    ...(display.hidden && !isReferred(app, step.key) ? ["it is hidden, and no dropdown uses it"] : []),
  ];
}

/** What is wrong with fields that people fill in. */
export function inputFieldProblems(fields: readonly InputField[]): string[] {
  const labels = fields.map(({ label }) => label);
  return fields.flatMap(({ key, label, helpText = "", placeholder = "" }, index) => {
    const problems: string[] = [];
    if (!isTitle(label)) problems.push(`the label "${label}" of ${key} is not in Title Case`);
    if (labels.indexOf(label) !== index) problems.push(`the label "${label}" is there twice`);
    if (!/\S\.(\s|\)|$)/.test(helpText)) problems.push(`${key} has no help text of whole sentences`);
    if (hasPlainHttp([helpText, placeholder])) problems.push(`${key} names an address without https`);
    return problems;
  });
}

function referenceProblems(app: Definition, kind: Kind, { key, dynamic, search }: InputField): string[] {
  const problems: string[] = [];
  if (isSecret(key)) problems.push(`${key} belongs to the connection`);
  // `externalId` is the user's own, which no list of ours has.
  if (/(^id|Id)$/.test(key) && key !== "externalId") {
    if (!dynamic) problems.push(`${key} is an id without a dropdown`);
    if (kind === "creates" && !search) problems.push(`${key} is an id that no search is offered for`);
  }
  for (const [from, reference, parts] of [
    ["triggers", dynamic, 3],
    ["searches", search, 2],
  ] as const) {
    if (reference === undefined) continue;
    const [name = "", ...given] = reference.split(".");
    const outputs = outputsOf(app[from]?.[name]?.operation);
    const isThere = given.length === parts - 1 && given.every((one) => outputs.some((field) => field.key === one));
    if (!isThere) problems.push(`${key} refers to ${reference}, which is not there`);
  }
  return problems;
}

function outputProblems(operation: Step["operation"], kind: Kind): string[] {
  const { sample } = operation;
  const outputFields = outputsOf(operation);
  if (sample === undefined || Object.keys(sample).length === 0) return ["there is no sample"];
  const problems: string[] = [];
  const described = new Map(outputFields.map((field) => [field.key, field]));
  const values = flat(sample);
  const isPrimary = outputFields.some(({ key, primary }) => primary && typeof Reflect.get(sample, key) === "string");
  if (kind === "triggers" && !isPrimary) problems.push("no output field is the primary key");
  for (const { key, label } of outputFields) {
    if (!isTitle(label)) problems.push(`the label "${label}" of the output ${key} is not in Title Case`);
    // An object that is null has none of its fields.
    const isThere = values.has(key) || values.get(key.slice(0, Math.max(0, key.lastIndexOf("__")))) === null;
    if (!isThere) problems.push(`the sample lacks ${key}`);
  }
  for (const [key, value] of values) {
    const field = described.get(key);
    const isNullObject = value === null && outputFields.some((one) => one.key.startsWith(`${key}__`));
    if (field === undefined && !isNullObject) problems.push(`the sample has ${key}, which no output field describes`);
    if (field === undefined || value === null) continue;
    const { type = "string" } = field;
    if (typeof value !== TYPES[type]) problems.push(`the sample's ${key} is no ${type}`);
    else if (type === "datetime" && !ISO_WITH_ZONE.test(String(value))) {
      problems.push(`the sample's ${key} is no ISO date with a zone`);
    }
    if (hasPlainHttp([String(value)])) problems.push(`the sample's ${key} is an address without https`);
  }
  return problems;
}

/** The fields of a sample as Zapier addresses them: `error__code`, and `videos[]id` of line items. */
export function flat(value: object, prefix = ""): Map<string, unknown> {
  return new Map(
    Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
      const key = `${prefix}${name}`;
      if (Array.isArray(inner)) return inner.flatMap((item) => [...flat(item, `${key}[]`)]);
      return typeof inner === "object" && inner !== null ? [...flat(inner, `${key}__`)] : [[key, inner]];
    }),
  );
}

function isReferred(app: Definition, trigger: string): boolean {
  return KINDS.flatMap((kind) => Object.values(app[kind] ?? {}))
    .flatMap(({ operation }) => operation.inputFields ?? [])
    .some((field) => "dynamic" in field && String(field.dynamic).startsWith(`${trigger}.`));
}

/** Fields are given as they are, or by functions, which are asked elsewhere. */
const isField = (field: object): field is InputField & OutputField => "key" in field;

const outputsOf = (operation: Step["operation"] | undefined): OutputField[] =>
  (operation?.outputFields ?? []).filter(isField);

function isTitle(text: string | undefined): boolean {
  const words = (text ?? "").split(/\s+/);
  return words.every((word, index) => /^\(?[A-Z0-9]/.test(word) || (index > 0 && SMALL.has(word)));
}

const isSecret = (key: string) => /api.?key|token|secret|password/i.test(key);

const hasPlainHttp = (texts: readonly string[]) => texts.some((text) => /\bhttp:\/\//.test(text));
