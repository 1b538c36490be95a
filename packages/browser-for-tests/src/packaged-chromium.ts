import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PACKAGE = import.meta.resolve("@sparticuz/chromium");
const UNPACK = `import chromium from ${JSON.stringify(PACKAGE)}; await chromium.executablePath();`;

/**
 * The path of the Chromium that comes as a package, unpacked once for each version of it. The package itself unpacks into the system's
 * temporary directory, and takes whatever is there for whole: of two test files that begin at once, the second would start half a program.
 *
 * @param cache where it is unpacked. Default: beside the packages of this one
 */
export async function packagedChromium(
  cache: string = fileURLToPath(new URL("../node_modules/.cache", import.meta.url)),
): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL("../package.json", PACKAGE), "utf8"));
  const place = join(cache, `chromium-${version}`);
  if (!existsSync(place)) {
    await mkdir(cache, { recursive: true });
    const own = await mkdtemp(`${place}-`);
    const env = { ...process.env, TMPDIR: own };
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", UNPACK], { env });
    await rename(own, place).catch(async (error: NodeJS.ErrnoException) => {
      await rm(own, { recursive: true });
      // Somebody else was faster.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  }
  return join(place, "chromium");
}
