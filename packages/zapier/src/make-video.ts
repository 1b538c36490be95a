import { stepFields } from "@reelwire/core";
import { createVideoDocument, type Video } from "@reelwire/core/operations";
import type { Bundle, ZObject } from "zapier-platform-core";
import { ask } from "./ask-gateway.ts";
import { type ImageAddresses, imagesOf, type KeyedStep, keyStep } from "./earlier-video.ts";
import { fetchImage, type GivenImage, uploadImage } from "./image-upload.ts";
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
  const step = await keyStep(z, bundle, {
    zapId: textOf(bundle.meta?.zap?.id) ?? null,
    action: options.action,
    isTest: bundle.meta?.isLoadingSample === true,
    video,
    images,
  });
  const input = {
    ...video,
    ...(await imageAddresses(z, bundle, images, step)),
    idempotencyKey: step.key,
    callbackUrl: options.callbackUrl,
  };
  const { createVideo } = await ask(z, bundle, createVideoDocument, { input });
  return createVideo;
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
