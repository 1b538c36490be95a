import { startSetting, until } from "./setting.ts";

/** What became of a dead node's videos. */
export interface Takeover {
  videos: number;
  /** From `kill -9` until another node carried the first, half and all of them, in seconds. */
  first: number;
  half: number;
  all: number;
}

/** Kills a node with many videos under way, while another one stands by. */
export async function measureTakeover(videos: number): Promise<Takeover> {
  await using setting = await startSetting("postgres", 1e9);
  const dying = await setting.start();
  await dying.create(videos, 50);
  await until(async () => (await dying.health()).active === videos);
  const other = await setting.start();
  // It has joined, and is no newcomer any more.
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  const killedAt = performance.now();
  await dying.kill();
  const reached = async (count: number) => {
    await until(async () => (await other.health()).active >= count, 20);
    return (performance.now() - killedAt) / 1_000;
  };
  return { videos, first: await reached(1), half: await reached(videos / 2), all: await reached(videos) };
}
