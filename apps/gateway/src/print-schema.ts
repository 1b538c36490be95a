import { writeFile } from "node:fs/promises";
import { printedSchema } from "./graphql/printed-schema.ts";
import { schema } from "./graphql/schema.ts";

await writeFile(new URL("../schema.graphql", import.meta.url), printedSchema(schema));
