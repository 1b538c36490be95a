// Takes the lock of a directory and keeps it until killed.
import { lockDirectory } from "../../src/database/directory-lock.ts";

lockDirectory(process.argv[2] ?? "");
process.stdout.write("locked\n");
setInterval(() => {}, 60_000);
