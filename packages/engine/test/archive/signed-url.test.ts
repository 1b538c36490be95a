import { describe, expect, it } from "vitest";
import { signFilePath, verifyFileSignature } from "../../src/archive/signed-url.ts";

const SECRET = "a secret of more than sixteen bytes";
const KEY = "video_01h455vb4pex5vsknk084sn02q.mp4";

describe("the signature of a file's address", () => {
  const signature = signFilePath(SECRET, KEY);

  it("is the same for everybody and every time, and fits into an address", () => {
    expect(signFilePath(Buffer.from(SECRET), KEY)).toBe(signature);
    expect(signature).toMatch(/^[\w-]{32}$/);
  });

  it("stays what it was in earlier versions, since addresses were given out", () => {
    expect(signature).toMatchInlineSnapshot(`"8zO6Gt1MyUHTC_ULXsKODLYcW5fGxQxw"`);
  });

  it("lets its file be read", () => {
    expect(verifyFileSignature(SECRET, KEY, signature)).toBe(true);
  });

  it.each([
    ["another file", SECRET, "video_01h455vb4pex5vsknk084sn02r.mp4", signature],
    ["another secret", `${SECRET}!`, KEY, signature],
    ["nothing", SECRET, KEY, ""],
    ["a part", SECRET, KEY, signature.slice(0, 31)],
    ["more", SECRET, KEY, `${signature}A`],
    ["padding", SECRET, KEY, `${signature}=`],
    ["another spelling", SECRET, KEY, signature.toUpperCase()],
    ["as many letters that are not ASCII", SECRET, KEY, "é".repeat(32)],
  ])("is not that of %s", (_what, secret, key, given) => {
    expect(verifyFileSignature(secret, key, given)).toBe(false);
  });

  it("is not made with a secret that could be guessed", () => {
    expect(() => signFilePath("short", KEY)).toThrow(RangeError);
    expect(() => verifyFileSignature("", KEY, signature)).toThrow(RangeError);
  });
});
