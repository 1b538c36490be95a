// Commits one row after the other and prints the number of each when its commit was reported, until killed.
import { sql } from "kysely";
import { openPglite } from "../../src/database/pglite.ts";

const database = await openPglite({ dataDir: process.argv[2] ?? "" });
await sql`create table written (number int primary key)`.execute(database.kysely);
for (let number = 0; ; number += 1) {
  await sql`insert into written values (${number})`.execute(database.kysely);
  process.stdout.write(`${number}\n`);
}
