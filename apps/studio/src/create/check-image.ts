import { ImageProblem } from "./image-problem.ts";
import { PICTURE_TYPES } from "./picture-types.ts";

/** The short side of a picture has at least so many pixels, as the upstream recommends and the gateway demands. */
export const SHORTEST_SIDE = 720;

/** How large a picture is, in pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** What can be said of a file before looking into it. */
export function checkFile({ type, size }: Pick<File, "type" | "size">, maxBytes: number): void {
  if (!PICTURE_TYPES.includes(type))
    throw new ImageProblem("That is no picture of a kind that can be used: give JPEG, PNG or WebP.");
  if (size === 0) throw new ImageProblem("The file is empty.");
  if (size > maxBytes) {
    throw new ImageProblem(`The picture has ${inMebibytes(size)} MiB; it may have at most ${inMebibytes(maxBytes)}.`);
  }
}

export function checkSize({ width, height }: PictureSize): void {
  if (Math.min(width, height) < SHORTEST_SIDE) {
    throw new ImageProblem(
      `The picture is ${width} × ${height} pixels; its shorter side must have at least ${SHORTEST_SIDE}.`,
    );
  }
}

/** An address that the upstream can fetch a picture from. */
export function checkAddress(written: string): string {
  const url = URL.parse(written.trim());
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new ImageProblem("Give an address that begins with http:// or https://.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new ImageProblem("The address must not carry a user name or a password.");
  }
  return url.href;
}

/**
 * How large the picture at an address is, by having the browser show it.
 *
 * @throws {ImageProblem} where it shows none
 */
export async function measurePicture(address: string): Promise<PictureSize> {
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } catch {
    throw new ImageProblem("The picture is damaged, or is none.");
  }
  return { width: image.naturalWidth, height: image.naturalHeight };
}

function inMebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "");
}
