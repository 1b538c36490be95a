import { type GraphQLSchema, printSchema } from "graphql";

/** The schema as `schema.graphql` has it: as the formatter leaves it, every description on lines of its own. */
export function printedSchema(schema: GraphQLSchema): string {
  return `${printSchema(schema).replaceAll(/^( *)"""(.+)"""$/gm, '$1"""\n$1$2\n$1"""')}\n`;
}
