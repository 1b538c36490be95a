import { describe, expect, it } from "vitest";
import { AlarmClock } from "../src/clock.ts";
import { drawDuration } from "../src/durations.ts";
import { seededRandom } from "../src/random.ts";
import { create, goodBody, startStepped } from "./calls.ts";

describe("A stepped clock", () => {
  it("stands still until it is advanced", () => {
    const clock = new AlarmClock({ speed: 0, startAt: new Date("2026-07-01T00:00:00Z") });
    expect(clock.now()).toBe(Date.parse("2026-07-01T00:00:00Z"));
    clock.advance(1500);
    expect(clock.now()).toBe(Date.parse("2026-07-01T00:00:01.500Z"));
  });

  it("rings on the way, in order, each at its own time, also what is set meanwhile", () => {
    const clock = new AlarmClock("stepped");
    const start = clock.now();
    const rung: [string, number][] = [];
    const ring = (name: string) => () => rung.push([name, clock.now() - start]);
    clock.at(start + 30, ring("late"));
    clock.at(start + 10, () => {
      ring("early")();
      clock.at(start + 20, ring("set on the way"));
    });
    clock.at(start + 30, ring("late too"));
    clock.at(start + 31, ring("too late"));
    clock.at(start - 1, ring("past"));
    clock.advance(30);
    expect(rung).toEqual([
      ["past", 0],
      ["early", 10],
      ["set on the way", 20],
      ["late", 30],
      ["late too", 30],
    ]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("does not go by %s", (ms) => {
    const clock = new AlarmClock("stepped");
    expect(() => clock.advance(ms)).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
    expect(() => clock.setSpeed(ms)).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  });
});

describe("A running clock", () => {
  it("rings by itself, as much earlier as it is faster", async () => {
    const clock = new AlarmClock({ speed: 10_000 });
    const start = clock.now();
    const rung = Promise.withResolvers<number>();
    clock.at(start + 60_000, () => rung.resolve(clock.now()));
    expect((await rung.promise) - start).toBeGreaterThanOrEqual(60_000);
  });

  it("can be sped up from standing", async () => {
    const clock = new AlarmClock("stepped");
    const rung = Promise.withResolvers<void>();
    clock.at(clock.now() + 60_000, () => rung.resolve());
    clock.setSpeed(100_000);
    await rung.promise;
    expect(clock.speed).toBe(100_000);
  });

  it("takes generations to their end and charges them", async () => {
    await using emulator = await startStepped({ clock: { speed: 5000 } });
    const charged = emulator.waitFor(({ type }) => type === "charged");
    await create(emulator);
    await charged;
    expect(emulator.accepted[0]?.status).toBe("completed");
  });
});

describe("Durations", () => {
  const body = {
    ...goodBody,
    model: "google/veo-3.1-lite-generate-001",
    resolution: "720P",
    duration: 8,
    generate_audio: true,
    person_generation: "allow_adult",
  } as const;
  const draw = (option: Parameters<typeof drawDuration>[0]) =>
    Array.from({ length: 2000 }, (_draw, index) => drawDuration(option, body, seededRandom("durations", index))).sort(
      (a, b) => a - b,
    );

  it("are log-normal about a median", () => {
    const drawn = draw({ median: 60_000, sigma: 0.4 });
    expect(drawn[1000]).toBeGreaterThan(57_000);
    expect(drawn[1000]).toBeLessThan(63_000);
    // One standard deviation is 34.1 % of all to each side: a factor of e^0.4.
    expect(drawn[1682]).toBeGreaterThan(60_000 * 1.4);
    expect(drawn[1682]).toBeLessThan(60_000 * 1.6);
  });

  it("are even between two bounds, fixed, or as a function says", () => {
    const drawn = draw({ min: 6000, max: 12_000 });
    expect([drawn[0], drawn[1999]].every((ms = 0) => ms >= 6000 && ms <= 12_000)).toBe(true);
    expect(drawn[1000]).toBeGreaterThan(8500);
    expect(draw(5000)[0]).toBe(5000);
    expect(draw(({ duration }) => duration * 100.4)[0]).toBe(803);
  });

  it("are the same for the same seed", async () => {
    const run = async (seed: string) => {
      await using emulator = await startStepped({ seed });
      for (let i = 0; i < 5; i++) await create(emulator);
      return emulator.accepted.map(({ acceptedAt, finishesAt }) => (finishesAt ?? 0) - acceptedAt);
    };
    expect(await run("a")).toEqual(await run("a"));
    expect(await run("a")).not.toEqual(await run("b"));
  });
});
