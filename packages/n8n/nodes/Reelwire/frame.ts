import { createHash } from "node:crypto";
import { readAnswered, type UploadedImage } from "@reelwire/core/operations";
import type { IExecuteFunctions } from "n8n-workflow";
import { post } from "../../gateway/ask.ts";

/**
 * The address of a frame that comes as a file. It has to be the same when the step is tried again, since the same idempotency key with
 * another address is another input: an image is uploaded once in an execution, and where a key of the caller's own holds over many
 * executions, the image itself is its address.
 */
export async function frameAddress(
  step: IExecuteFunctions,
  itemIndex: number,
  field: string,
  hasOwnKey: boolean,
): Promise<string> {
  const { mimeType } = step.helpers.assertBinaryData(itemIndex, field);
  const image = await step.helpers.getBinaryDataBuffer(itemIndex, field);
  if (hasOwnKey) return `data:${mimeType};base64,${image.toString("base64")}`;
  const kept: { uploaded?: Record<string, string> } = step.getContext("node");
  kept.uploaded ??= {};
  const hash = createHash("sha256").update(image).digest("base64url");
  kept.uploaded[hash] ??= await upload(step, image, mimeType);
  return kept.uploaded[hash];
}

async function upload(step: IExecuteFunctions, image: Buffer, mimeType: string): Promise<string> {
  const answered = await post(step, "uploads", { headers: { "content-type": mimeType }, body: image });
  return readAnswered({ ...answered, at: "there" }, ({ url }: Partial<UploadedImage>) => url);
}
