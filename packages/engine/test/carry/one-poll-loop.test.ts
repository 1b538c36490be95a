import { expect, test } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { finished, make, startTestEngine, until } from "../test-engine.ts";

test("invariant 6: one poll loop per video, however many subscribers", async () => {
  await using t = await startTestEngine();
  const { id } = await make(t.engine, { prompt: "a boat [fault:stuck]" });
  const { generationId } = await until(t.engine, id, (video) => video.status === "GENERATING");
  const watching = Array.from({ length: 50 }, () => finished(t.engine, id));
  const polls = () => t.emulator.requests.filter((request) => request.generationId === generationId).length;
  // While one poll of it is held, no other one comes, though another video is polled through its whole life.
  const held = t.emulator.faults.next({
    on: "status",
    fault: "held",
    ...(generationId === null ? {} : { generationId }),
  });
  await held.hit;
  const before = polls();
  await finished(t.engine, (await make(t.engine)).id);
  expect(polls()).toBe(before);
  held.release();
  await t.emulator.until(() => polls() > before);
  await t.engine.cancelVideo(BUILT_IN_VIEWER, id);
  for (const video of await Promise.all(watching)) expect(video.status).toBe("CANCELED");
});
