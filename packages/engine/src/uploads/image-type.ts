/** What a kind of image is called. */
export interface ImageType {
  contentType: "image/png" | "image/jpeg" | "image/webp";
  /** Of its file in the archive. */
  extension: "png" | "jpg" | "webp";
}

/** How many bytes of an image tell its type. */
export const TELLING_BYTES = 12;

const PNG: ImageType = { contentType: "image/png", extension: "png" };
const JPEG: ImageType = { contentType: "image/jpeg", extension: "jpg" };
const WEBP: ImageType = { contentType: "image/webp", extension: "webp" };

/** The type of an image by its first bytes, whatever it is said to be; `null`: another one, or none. */
export function imageTypeOf(begin: Buffer): ImageType | null {
  const text = begin.toString("latin1", 0, TELLING_BYTES);
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return PNG;
  if (text.startsWith("\xff\xd8\xff")) return JPEG;
  return /^RIFF[\s\S]{4}WEBP/.test(text) ? WEBP : null;
}

/** The type that is called so. @throws {RangeError} for one that is never stored */
export function imageTypeCalled(contentType: string): ImageType {
  const found = [PNG, JPEG, WEBP].find((type) => type.contentType === contentType);
  if (found === undefined) throw new RangeError("not a type of image that is stored");
  return found;
}
