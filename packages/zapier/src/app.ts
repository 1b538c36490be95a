import { createRequire } from "node:module";
import { defineApp, version as platformVersion } from "zapier-platform-core";
import { authentication } from "./authentication.ts";
import { cancelVideo } from "./creates/cancel-video.ts";
import { createVideo } from "./creates/create-video.ts";
import { downloadVideo } from "./creates/download-video.ts";
import { startVideo } from "./creates/start-video.ts";
import { hydrators } from "./hydrators.ts";
import { findVideo } from "./searches/find-video.ts";
import { listVideos } from "./searches/list-videos.ts";
import { completedVideoChoices, modelChoices, unfinishedVideoChoices, videoChoices } from "./triggers/choices.ts";
import { videoCompleted, videoFailed, videoFinished } from "./triggers/video-triggers.ts";

const { version }: { version: string } = createRequire(import.meta.url)("../package.json");

/** The integration, as Zapier's platform takes it. */
export const app = defineApp({
  version,
  platformVersion,
  authentication,
  // What the gateway says with a 429 is read before it is thrown.
  flags: { throwForThrottlingEarly: false },
  hydrators,
  triggers: {
    videoCompleted,
    videoFailed,
    videoFinished,
    modelChoices,
    videoChoices,
    unfinishedVideoChoices,
    completedVideoChoices,
  },
  searches: { findVideo, listVideos },
  creates: { createVideo, startVideo, cancelVideo, downloadVideo },
});
