import { createReelwireClient } from "@reelwire/core/client";

const reelwire = createReelwireClient({ url: "http://127.0.0.1:4000/graphql" });
const { video } = await reelwire.createVideo({ prompt: "a paper boat on a rainy street" });
for await (const now of reelwire.watchVideo(video.id)) {
  console.log(now.status, now.progress?.fraction, now.url, now.error);
}
reelwire.close();
