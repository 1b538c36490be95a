import { stepFields } from "@reelwire/core";
import { createVideoDocument, ReelwireError, type Video } from "@reelwire/core/operations";
import type { Bundle, ZObject } from "zapier-platform-core";
import { askPlainly } from "./ask-gateway.ts";
import { type ImageAddresses, imagesOf, type KeyedStep, keyStep } from "./earlier-video.ts";
import { fetchImage, type GivenImage, uploadImage } from "./image-upload.ts";
import { asZapierError } from "./refusal.ts";
import { requestedVideo, textOf } from "./video-input.ts";

/** What a step made. */
export interface MadeVideo {
  video: Video;
  /** Whether an earlier try of the step, or somebody with the same key, had made it already. */
  reused: boolean;
}

/** How a step makes a video. */
export interface MakeOptions {
  /** The key of the action. */
  action: string;
  /** Where to be told when the video is finished; of one that is finished already, at once. Default: nowhere. */
  callbackUrl?: string | undefined;
}

type Images = Record<keyof ImageAddresses, GivenImage | undefined>;

/** Makes a video, or gives the one that an earlier try of the same step has made: the gateway knows it by its key. */
export async function makeVideo(z: ZObject, bundle: Bundle, options: MakeOptions): Promise<MadeVideo> {
  const video = requestedVideo(z, bundle.inputData);
  const images = await givenImages(z, bundle);
  const run = {
    zapId: textOf(bundle.meta?.zap?.id) ?? null,
    action: options.action,
    isTest: bundle.meta?.isLoadingSample === true,
    video,
    images,
  };
  const send = async (step: KeyedStep): Promise<MadeVideo> => {
    const addresses = await imageAddresses(z, bundle, images, step);
    const input = { ...video, ...addresses, idempotencyKey: step.key, callbackUrl: options.callbackUrl };
    return (await askPlainly(z, bundle, createVideoDocument, { input })).createVideo;
  };
  const step = await keyStep(z, bundle, run);
  try {
    return await send(step);
  } catch (error) {
    const isConflict = error instanceof ReelwireError && error.code === "IDEMPOTENCY_CONFLICT";
    if (!isConflict || step.earlier !== null) throw asZapierError(z, error);
  }
  // Another try was sent at the same moment, and was faster: each had uploaded the images, which makes two inputs of them.
  try {
    return await send(await keyStep(z, bundle, run));
  } catch (error) {
    throw asZapierError(z, error);
  }
}

async function givenImages(z: ZObject, { inputData }: Bundle): Promise<Images> {
  const image = async (name: keyof ImageAddresses) => {
    const url = textOf(inputData[name]);
    return url === undefined ? undefined : await fetchImage(z, stepFields[name].label, url);
  };
  const [imageUrl, lastImageUrl] = await Promise.all([image("imageUrl"), image("lastImageUrl")]);
  return { imageUrl, lastImageUrl };
}

/** What was uploaded by an earlier try is the same input again; uploaded anew it would be another. */
async function imageAddresses(
  z: ZObject,
  bundle: Bundle,
  images: Images,
  { earlier }: KeyedStep,
): Promise<Partial<ImageAddresses>> {
  if (images.imageUrl === undefined && images.lastImageUrl === undefined) return {};
  if (earlier !== null) return await imagesOf(z, bundle, earlier.id);
  const address = async (image: GivenImage | undefined) =>
    image === undefined ? null : await uploadImage(z, bundle, image);
  const [imageUrl, lastImageUrl] = await Promise.all([address(images.imageUrl), address(images.lastImageUrl)]);
  return { imageUrl, lastImageUrl };
}
