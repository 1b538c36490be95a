import { newUploadId } from "@reelwire/core";
import { describe, expect, test } from "vitest";
import { readUploadAddress, uploadPath } from "../../src/uploads/upload-address.ts";
import { PUBLIC_URL, SECRET } from "./uploads-node.ts";

const id = newUploadId();
const path = uploadPath(SECRET, id);
const read = (address: string, publicUrl: string | null = PUBLIC_URL) => readUploadAddress(SECRET, address, publicUrl);

describe("the address of an upload is known by its signature, by whatever name of the gateway", () => {
  test.each([
    `${PUBLIC_URL}/${path}`,
    `https://video.example.com/${path}`,
    `http://127.0.0.1:4000/${path}`,
    `HTTP://LOCALHOST/${path}`,
    `https://elsewhere.example/behind/a/proxy/${path}`,
    `${PUBLIC_URL}/${path}&width=300#first`,
    ` ${PUBLIC_URL}/${path}`,
    `${PUBLIC_URL}/${path.replace("uploads", "%75ploads")}`,
  ])("%s", (address) => {
    expect(read(address)).toEqual({ id });
    expect(read(address, null)).toEqual({ id });
  });
});

describe("what is at the gateway's own address, and was never given out, is no upload", () => {
  const signature = path.replace(/^.*signature=/, "");
  test.each([
    `${PUBLIC_URL}/uploads/${id}`,
    `${PUBLIC_URL}/uploads/${id}?signature=`,
    `${PUBLIC_URL}/uploads/${id}?signature=${signature.slice(0, -1)}`,
    `${PUBLIC_URL}/uploads/${newUploadId()}?signature=${signature}`,
    `${PUBLIC_URL}/uploads/${id.slice(0, -1)}?signature=${signature}`,
    `${PUBLIC_URL}/uploads/${id}/?signature=${signature}`,
    `${PUBLIC_URL}/uploads/`,
    `${PUBLIC_URL}/%75ploads/${id}?signature=x`,
    `\t${PUBLIC_URL}/uploads/${id}?signature=x`,
    `HTTPS://VIDEO.EXAMPLE.COM:443/reelwire/uploads/${id}?signature=x`,
  ])("%s", (address) => {
    expect(read(address)).toEqual({ id: null });
  });

  test("nor at another name of this machine", () => {
    for (const host of ["127.0.0.1", "localhost", "[::1]", "127.0.0.2"]) {
      expect(read(`http://${host}:4000/uploads/${id}`, "http://localhost:4000")).toEqual({ id: null });
      expect(read(`http://${host}:4001/uploads/${id}`, "http://localhost:4000")).toBeNull();
    }
  });
});

describe("every other address is what it is", () => {
  test.each([
    "https://example.com/first.png",
    `https://example.com/uploads/${id}?signature=x`,
    `https://video.example.com/uploads/${id}?signature=x`,
    `${PUBLIC_URL}/files/video_01h455vb4pex5vsknk084sn02q.mp4`,
    `https://example.com/?of=${encodeURIComponent(`${PUBLIC_URL}/${path}`)}`,
    "https://[/uploads/",
    `https://video.example.com/%/uploads/${id}`,
    "data:image/png;base64,AAAA",
    "",
  ])("%s", (address) => {
    expect(read(address)).toBeNull();
  });

  test("one signed with another secret", () => {
    const foreign = `https://example.com/${uploadPath(Buffer.alloc(32, 1), id)}`;
    expect(read(foreign)).toBeNull();
  });
});
