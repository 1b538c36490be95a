import { writeFile } from "node:fs/promises";
import { GENERATED, generateClient } from "./generate-client.ts";

for (const [name, text] of Object.entries(await generateClient())) await writeFile(new URL(name, GENERATED), text);
