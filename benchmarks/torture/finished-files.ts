import { setTimeout as wait } from "node:timers/promises";
import { createReelwireClient } from "../../packages/core/src/client/index.ts";
import type { FileOutcome, VideoRecord } from "./evidence.ts";
import { LASTING } from "./fault-mix.ts";
import type { GatewayNode } from "./node-process.ts";

/** A file that the upstream is slow with may be asked for again. */
const TRIES = 5;
const AGAIN_MS = 500;
const AT_A_TIME = 8;

/** Asks for the file of every completed video, at the address that its `url` has. */
export async function fetchFiles(
  videos: readonly VideoRecord[],
  nodes: readonly GatewayNode[],
): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  const left = videos.filter(({ status }) => status === "COMPLETED").entries();
  const clients = nodes.map(({ url }) => createReelwireClient({ url: `${url}/graphql` }));
  const fetchAll = async () => {
    for (const [index, video] of left) {
      const client = clients[index % clients.length];
      const url = (await client?.video(video.id))?.url ?? null;
      const isGoneForGood = wasNeverGivenAway(video);
      const fetched = await fetchFile(url, isGoneForGood ? 1 : TRIES);
      outcomes.push({ videoId: video.id, isGoneForGood, ...fetched });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, fetchAll));
  for (const client of clients) client.close();
  return outcomes;
}

function wasNeverGivenAway({ prompt }: VideoRecord): boolean {
  return prompt.includes(LASTING.expiredFile) || prompt.includes(LASTING.goneFile);
}

async function fetchFile(url: string | null, tries: number): Promise<Pick<FileOutcome, "isMp4" | "problem">> {
  if (url === null) return { isMp4: false, problem: "has no address" };
  const response = await fetch(url);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // An MP4 begins with a box of type `ftyp`.
  const isMp4 = response.status === 200 && new TextDecoder().decode(bytes.subarray(4, 8)) === "ftyp";
  if (isMp4 || tries === 1) return { isMp4, problem: `status ${response.status}, ${bytes.byteLength} bytes` };
  await wait(AGAIN_MS);
  return await fetchFile(url, tries - 1);
}
