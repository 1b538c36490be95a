/** Takes an image, and kills itself when its row is saved and its file not yet: `node receive.child.ts DATABASE FILES IMAGE`. */
import { createReadStream } from "node:fs";
import { openDiskArchive } from "../../src/archive/disk.ts";
import { migrations } from "../../src/database/migrations/index.ts";
import { openPglite } from "../../src/database/pglite.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { receiveUpload } from "../../src/uploads/receive-upload.ts";

const [dataDir = "", directory = "", image = ""] = process.argv.slice(2);

const db = await openPglite<EngineSchema>({ dataDir, migrations });
const archive = await openDiskArchive({ directory });
const put = archive.put.bind(archive);
archive.put = (key, source, options) =>
  put(key, source, {
    ...options,
    async verify(file) {
      await options?.verify?.(file);
      process.kill(process.pid, "SIGKILL");
    },
  });
const closing = new AbortController().signal;
await receiveUpload({ db, archive, keptMs: 0, closing }, BUILT_IN_VIEWER, createReadStream(image));
