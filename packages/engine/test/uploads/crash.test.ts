import { fork } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDiskArchive } from "../../src/archive/disk.ts";
import { migrations } from "../../src/database/migrations/index.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { temporaryDatabase, temporaryDataDir, temporaryDirectory } from "../database/temporary-database.ts";
import { images } from "./images.ts";
import { uploadsOn } from "./uploads-node.ts";

test("killed with SIGKILL between its row and its file, an upload leaves nothing that stays", async () => {
  const [dataDir, directory] = [await temporaryDataDir(), temporaryDirectory()];
  const [files, image] = [join(directory, "files"), join(directory, "image.png")];
  await writeFile(image, await images.png());
  const [, signal] = await once(fork(new URL("./receive.child.ts", import.meta.url), [dataDir, files, image]), "exit");
  expect(signal).toBe("SIGKILL");
  expect(await readdir(join(files, ".incoming"))).toHaveLength(1);

  const archive = await openDiskArchive({ directory: files, leftoverAgeMs: 0 });
  const db = await temporaryDatabase<EngineSchema>({ dataDir, migrations });
  expect(await db.kysely.selectFrom("uploads").select("content_type").execute()).toEqual([
    { content_type: "image/png" },
  ]);
  expect(await uploadsOn(db, archive).sweep()).toBe(1);
  expect(await db.kysely.selectFrom("uploads").selectAll().execute()).toEqual([]);
  expect(await readdir(files)).toEqual([".incoming"]);
  expect(await readdir(join(files, ".incoming"))).toEqual([]);
});
