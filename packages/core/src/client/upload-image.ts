import { type Connection, parts } from "./connection.ts";
import { retrying } from "./retry.ts";
import { type CallOptions, send } from "./send.ts";

/** An image that the gateway has taken. */
export interface UploadedImage {
  /** For `imageUrl` and `lastImageUrl` of `createVideo`, and to be shown. */
  readonly url: string;
  /** What it is, by its content. */
  readonly contentType: string;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  readonly bytes: number;
  /** When it is deleted, unless a video is made from it before: ISO 8601, in UTC. */
  readonly expiresAt: string;
}

/**
 * Gives the gateway an image, for `createVideo` to begin or end with. It is sent to `uploads` beside the address of the
 * GraphQL API.
 */
export function uploadImage(connection: Connection, image: Blob, options?: CallOptions): Promise<UploadedImage> {
  const { [parts]: sender } = connection;
  const url = new URL("uploads", sender.url).href;
  const sent = { url, type: image.type || "application/octet-stream", body: image };
  return retrying(sender, options?.signal, () => send(sender, sent, uploaded, options));
}

function uploaded(answer: Partial<UploadedImage>): UploadedImage | null {
  return isUploaded(answer) ? answer : null;
}

function isUploaded(answer: Partial<UploadedImage>): answer is UploadedImage {
  return typeof answer.url === "string";
}
