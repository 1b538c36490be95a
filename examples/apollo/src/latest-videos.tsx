import { useQuery } from "@apollo/client/react";
import { LATEST_VIDEOS } from "./operations.ts";
import { Problem } from "./problem.tsx";

/** Watches nothing itself: what `videoStatus` tells of a video changes it wherever it is shown, since the cache knows it by its id. */
export function LatestVideos() {
  const { data, error } = useQuery(LATEST_VIDEOS);
  return (
    <section>
      <h2>Latest videos</h2>
      <Problem error={error} />
      <ul>
        {data?.videos.nodes.map(({ id, prompt, status }) => (
          <li key={id}>
            {prompt}: {status}
          </li>
        ))}
      </ul>
    </section>
  );
}
