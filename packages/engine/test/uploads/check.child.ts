/** Checks an image so many times, and tells how many bytes this process has taken at most: `node check.child.ts IMAGE TIMES`. */
import { readFile } from "node:fs/promises";
import { checkImage } from "../../src/uploads/check-image.ts";
import { imageTypeOf } from "../../src/uploads/image-type.ts";

const [path = "", times = ""] = process.argv.slice(2);
const bytes = await readFile(path);
const type = imageTypeOf(bytes);
if (type === null) throw new Error("no image at all");
for (let count = 0; count < Number(times); count += 1) await checkImage(bytes, type);
process.stdout.write(String(process.resourceUsage().maxRSS * 1024));
