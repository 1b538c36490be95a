import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

// n8n-core writes a key of its own to its folder, which is not to be that of somebody's n8n.
const folder = mkdtempSync(join(tmpdir(), "reelwire-n8n-"));
Object.assign(process.env, { N8N_USER_FOLDER: folder, N8N_LOG_LEVEL: "silent" });
afterAll(() => rm(folder, { recursive: true, force: true }));
