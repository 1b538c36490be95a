import { builder } from "./builder.ts";
import "./date-time.ts";
import "./video-type.ts";
import "./create-video.ts";
import "./cancel-video.ts";
import "./find-videos.ts";
import "./models.ts";
import "./watch-videos.ts";

/** The whole API, printed in the order it is written in. */
export const schema = builder.toSchema({ sortSchema: false });
