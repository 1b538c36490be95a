/** Starts a server, prints its port and lives on. */
import { startPostgres } from "../src/index.ts";

const { port } = await startPostgres();
process.stdout.write(`${port}\n`);
