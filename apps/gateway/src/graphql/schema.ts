import { builder } from "./builder.ts";
import "./date-time.ts";
import "./video-type.ts";
import "./create-video.ts";
import "./cancel-video.ts";
import "./find-videos.ts";
import "./models.ts";
import "./quote-video.ts";
import "./usage.ts";
import "./budgets.ts";
import "./access-tokens.ts";
import "./api-keys.ts";
import "./watch-videos.ts";
import "./renew-access.ts";

/** The whole API, printed in the order it is written in. */
export const schema = builder.toSchema({ sortSchema: false });
