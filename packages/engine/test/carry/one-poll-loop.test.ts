import { expect, test } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { finished, make, startTestEngine, until } from "../test-engine.ts";

test("invariant 6: one poll loop per video, however many subscribers", async () => {
  await using t = await startTestEngine();
  const looks = async (subscribers: number) => {
    const before = t.emulator.requestCounts.status;
    const { id } = await make(t.engine, { prompt: "a boat [fault:stuck]" });
    const { generationId } = await until(t.engine, id, (video) => video.generationId !== null);
    const watching = Array.from({ length: subscribers }, () => finished(t.engine, id));
    const own = () =>
      t.emulator.requests.filter((request) => request.generationId === generationId && request.endpoint === "status");
    await t.emulator.until(() => own().length >= 20);
    await t.engine.cancelVideo(BUILT_IN_VIEWER, id);
    for (const video of await Promise.all(watching)) expect(video.status).toBe("CANCELED");
    // Two loops would ask twice in the time in which the schedule allows one look.
    const gaps = own()
      .slice(1)
      .map((request, i) => request.at - (own()[i]?.at ?? 0));
    expect(t.emulator.requestCounts.status - before).toBe(own().length);
    return gaps.filter((gap) => gap < 15).length;
  };
  expect(await looks(1)).toBe(0);
  expect(await looks(50)).toBe(0);
});
