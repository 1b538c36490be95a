import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as schemaTypes from "@graphql-codegen/typescript";
import * as operationTypes from "@graphql-codegen/typescript-operations";
import {
  buildASTSchema,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  visit,
} from "graphql";

/** Where the generated files are. */
export const GENERATED = new URL("../src/client/generated/", import.meta.url);

const SCHEMA = new URL("../../../apps/gateway/schema.graphql", import.meta.url);
const OPERATIONS = new URL("../src/client/operations.graphql", import.meta.url);
const HEAD = "// Made by `pnpm codegen` from the gateway's schema and operations.graphql. Not edited by hand.\n";

const CONFIG = {
  avoidOptionals: { field: true },
  declarationKind: "interface",
  enumType: "string-literal",
  enumsAsTypes: true,
  immutableTypes: true,
  inlineFragmentTypes: "combine",
  inputMaybeValue: "T | null | undefined",
  maybeValue: "T | null",
  scalars: { DateTime: "string", ID: "string" },
  skipTypename: true,
  strictScalars: true,
  useTypeImports: true,
};

/**
 * The files of the client that follow from the gateway's schema, by name: `schema.ts`, its types with their
 * descriptions; `operations.ts`, the documents as text, each with the types of its variables and its result.
 */
export async function generateClient(): Promise<Record<string, string>> {
  const schema = parse(await readFile(SCHEMA, "utf8"));
  const operations = parse(await readFile(OPERATIONS, "utf8"));
  const source = { schema, schemaAst: buildASTSchema(schema), filename: "generated/operations.ts" };
  const types = await codegen({
    ...source,
    documents: [],
    plugins: [{ schemaTypes: {} }],
    pluginMap: { schemaTypes },
    config: CONFIG,
  });
  const results = await codegen({
    ...source,
    documents: [{ location: fileURLToPath(OPERATIONS), document: operations }],
    plugins: [{ operationTypes: {} }],
    pluginMap: { operationTypes },
    config: { ...CONFIG, importSchemaTypesFrom: "generated/schema.ts", importExtension: ".ts" },
  });
  return {
    "schema.ts": `${HEAD}\n${types.trim()}\n`,
    "operations.ts": [
      HEAD,
      'import type { TypedDocument } from "../typed-document.ts";',
      results.trim(),
      ...documents(operations),
      "",
    ].join("\n"),
  };
}

/** Whole documents, fragments and all, so that one that nobody uses leaves a bundle; gzip takes out what is repeated. */
function documents({ definitions }: DocumentNode): string[] {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      const name = operation.name?.value ?? "";
      const kind = operation.operation.replace(/^./, (letter) => letter.toUpperCase());
      const text = stripIgnoredCharacters([operation, ...used(operation, fragments)].map(print).join("\n"));
      const document = `${name.replace(/^./, (letter) => letter.toLowerCase())}Document`;
      return `\nexport const ${document} =\n  ${JSON.stringify(text)} as TypedDocument<${name}${kind}, ${name}${kind}Variables>;`;
    });
}

function used(operation: OperationDefinitionNode, fragments: readonly FragmentDefinitionNode[]) {
  const names = new Set<string>();
  visit(operation, { FragmentSpread: ({ name }) => void names.add(name.value) });
  return fragments.filter(({ name }) => names.has(name.value));
}
