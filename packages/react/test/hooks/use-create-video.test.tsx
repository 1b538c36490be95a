import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { type ReactNode, useEffect } from "react";
import { renderToString } from "react-dom/server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type CreateVideo,
  createConnection,
  findVideo,
  ReelwireProvider,
  useCreateVideo,
  useVideoStatus,
} from "../../src/index.ts";
import { type RunningGateway, runGateway } from "../running-gateway.ts";
import { renderLive } from "./render-live.tsx";

let on: RunningGateway;
beforeAll(async () => {
  on = await runGateway();
});
afterAll(() => on[Symbol.asyncDispose]());

let acceptedBefore: number;
beforeEach(() => {
  acceptedBefore = on.emulator.accepted.length;
});
afterEach(cleanup);

const INPUT = { prompt: "A paper boat", durationSeconds: 4 };
const around = (children: ReactNode) => <ReelwireProvider url={on.url}>{children}</ReelwireProvider>;
const renderIt = () => renderLive(() => useCreateVideo(), { around });
const isUnderWay = ({ status }: CreateVideo) => status === "QUEUED" || status === "GENERATING";

/** What was accepted upstream since the test began. */
const accepted = () => on.emulator.accepted.slice(acceptedBefore);
/** Requests to make a video since then. */
const asked = () => on.door.passages.filter(({ body }) => body.includes("mutation CreateVideo")).length;

describe("a video that is made", () => {
  test("is watched to its end", async () => {
    const live = renderIt();
    expect(live.now).toMatchObject({ video: null, status: null, progress: null, error: null, isPending: false });
    const saved = await live.now.createVideo(INPUT);
    expect(saved).toMatchObject({ prompt: "A paper boat", status: "ACCEPTED" });
    expect(await live.until(isUnderWay)).toMatchObject({ isPending: true, error: null });
    on.finishAll();
    const { video, progress } = await live.until(({ isPending }) => !isPending);
    expect(video).toMatchObject({ id: saved?.id, status: "COMPLETED", url: expect.any(String) });
    expect(progress?.fraction).toBe(1);
    // Pending from the call to the end, and never not in between.
    const pending = live.all.map(({ isPending }) => isPending);
    expect(pending.slice(pending.indexOf(true), -1)).not.toContain(false);
  });

  test("comes with functions that stay the same from render to render", async () => {
    const live = renderIt();
    const { createVideo, cancel, reset } = live.now;
    await createVideo(INPUT);
    expect(await live.until(isUnderWay)).toMatchObject({ createVideo, cancel, reset });
  });

  test("is submitted once by several clicks, all of which are given the same", async () => {
    const askedBefore = asked();
    const calls: unknown[] = [];
    function Button() {
      const { createVideo, status } = useCreateVideo();
      return (
        <button type="button" onClick={() => calls.push(createVideo(INPUT))}>
          {status ?? "make"}
        </button>
      );
    }
    render(around(<Button />));
    const button = screen.getByRole("button");
    fireEvent.click(button);
    fireEvent.click(button);
    const video = await calls[0];
    // Also while it is being made.
    await screen.findByText(/QUEUED|GENERATING/, undefined, { timeout: 30_000 });
    fireEvent.click(button);
    expect(await Promise.all(calls)).toEqual([video, video, video]);
    expect(calls[1]).toBe(calls[0]);
    expect(calls[2]).toBe(calls[0]);
    expect(asked()).toBe(askedBefore + 1);
    expect(accepted()).toHaveLength(1);
  });

  test("is made once where its answers were lost, and the same is asked for again by hand", async () => {
    const live = renderLive(() => useCreateVideo(), {
      around: (children) => (
        <ReelwireProvider url={on.url} retries={0}>
          {children}
        </ReelwireProvider>
      ),
    });
    on.door.losesAnswerOf = ({ body }) => body.includes("mutation CreateVideo");
    expect(await live.now.createVideo(INPUT)).toBeNull();
    expect(await live.until(({ error }) => error !== null)).toMatchObject({ error: { code: "NETWORK" } });
    on.door.losesAnswerOf = () => false;
    act(() => live.now.reset());
    const video = await live.now.createVideo({ ...INPUT });
    await live.until(isUnderWay);
    expect(accepted()).toHaveLength(1);
    on.finishAll();
    await live.until(({ isPending }) => !isPending);
    // And another one, once it was answered.
    expect((await live.now.createVideo(INPUT))?.id).not.toBe(video?.id);
    await live.until(isUnderWay);
    expect(accepted()).toHaveLength(2);
  });

  test("is submitted once where StrictMode runs the effect that asks for it twice", async () => {
    const askedBefore = asked();
    let effects = 0;
    const live = renderLive(
      () => {
        const made = useCreateVideo();
        const { createVideo } = made;
        useEffect(() => {
          effects++;
          void createVideo(INPUT);
        }, [createVideo]);
        return made;
      },
      { around },
    );
    await live.until(isUnderWay);
    expect(effects).toBe(2);
    expect(asked()).toBe(askedBefore + 1);
    expect(accepted()).toHaveLength(1);
  });

  test("goes on when the hook is unmounted, and is watched no more", async () => {
    const live = renderIt();
    const saved = await live.now.createVideo(INPUT);
    await live.until(isUnderWay);
    expect(on.door.openWebSockets).toBeGreaterThan(0);
    live.unmount();
    await on.door.until(() => on.door.openWebSockets === 0);
    on.finishAll();
    const watching = renderLive(() => useVideoStatus(saved?.id ?? null), { around });
    expect(await watching.until(({ status }) => status === "COMPLETED")).toMatchObject({ error: null });
  });

  test("is saved also when the hook is unmounted before the answer", async () => {
    const live = renderIt();
    const saving = live.now.createVideo(INPUT);
    live.unmount();
    expect(await saving).toMatchObject({ status: "ACCEPTED" });
  });

  test("is followed by another", async () => {
    const live = renderIt();
    const first = await live.now.createVideo(INPUT);
    await live.until(isUnderWay);
    on.finishAll();
    await live.until(({ isPending }) => !isPending);
    const second = await live.now.createVideo(INPUT);
    expect(second?.id).not.toBe(first?.id);
    expect(await live.until(isUnderWay)).toMatchObject({ video: { id: second?.id } });
  });

  test("is watched to its end over a connection that breaks", async () => {
    const live = renderIt();
    await live.now.createVideo(INPUT);
    await live.until(isUnderWay);
    on.door.cut();
    on.finishAll();
    expect(await live.until(({ isPending }) => !isPending)).toMatchObject({ status: "COMPLETED", error: null });
  });
});

describe("cancel", () => {
  test("ends the video, and says what it costs", async () => {
    const live = renderIt();
    await live.now.createVideo(INPUT);
    await live.until(isUnderWay);
    expect(await live.now.cancel()).toMatchObject({ upstreamMayStillCharge: true, video: { status: "CANCELED" } });
    expect(await live.until(({ isPending }) => !isPending)).toMatchObject({ status: "CANCELED", error: null });
  });

  test("waits for the answer to a call that is on its way", async () => {
    const live = renderIt();
    const saving = live.now.createVideo(INPUT);
    const canceled = await live.now.cancel();
    expect(canceled?.video).toMatchObject({ id: (await saving)?.id, status: "CANCELED" });
  });

  test("does nothing where nothing is under way", async () => {
    const live = renderIt();
    expect(await live.now.cancel()).toBeNull();
    expect(live.all).toHaveLength(1);
  });

  test("that comes too late is told, and the video is what it is", async () => {
    const live = renderIt();
    const saved = await live.now.createVideo(INPUT);
    await live.until(isUnderWay);
    on.door.isShutTo = ({ body }) => body.includes("CancelVideo");
    expect(await live.now.cancel()).toBeNull();
    on.door.isShutTo = () => false;
    expect(await live.until(({ error }) => error !== null)).toMatchObject({
      error: { code: "NETWORK" },
      isPending: true,
      video: { id: saved?.id },
    });
    on.finishAll();
    expect(await live.until(({ isPending }) => !isPending)).toMatchObject({ status: "COMPLETED", error: null });
  });
});

describe("reset", () => {
  test("forgets the video, which goes on", async () => {
    const live = renderIt();
    const saved = await live.now.createVideo(INPUT);
    await live.until(isUnderWay);
    live.now.reset();
    await live.until(({ video, isPending }) => video === null && !isPending);
    const found = await findVideo(createConnection({ url: on.url }), saved?.id ?? "");
    expect(found?.status).not.toBe("CANCELED");
  });

  test("while it is on its way, leaves the answer to whoever called", async () => {
    const live = renderIt();
    const saving = live.now.createVideo(INPUT);
    live.now.reset();
    expect(await saving).toMatchObject({ status: "ACCEPTED" });
    expect(live.now).toMatchObject({ video: null, isPending: false });
  });

  test("while it is on its way: nothing of it comes between the next one", async () => {
    const held = Promise.withResolvers<void>();
    on.door.holds = ({ body }) => (body.includes("The first") ? held.promise : null);
    const live = renderIt();
    const first = live.now.createVideo({ ...INPUT, prompt: "The first" });
    live.now.reset();
    const second = await live.now.createVideo({ ...INPUT, prompt: "The second" });
    await live.until(isUnderWay);
    held.resolve();
    on.door.holds = () => null;
    const { id } = (await first) ?? {};
    expect(id).toEqual(expect.any(String));
    expect(id).not.toBe(second?.id);
    on.finishAll();
    expect(await live.until(({ isPending }) => !isPending)).toMatchObject({ status: "COMPLETED" });
    expect(live.all.flatMap(({ video }) => video ?? []).every((video) => video.id === second?.id)).toBe(true);
  });
});

describe("what fails", () => {
  test("is told with the gateway's code and issues", async () => {
    const live = renderIt();
    expect(await live.now.createVideo({ prompt: "" })).toBeNull();
    const { error } = await live.until(({ isPending, error }) => !isPending && error !== null);
    expect(error).toMatchObject({ code: "BAD_INPUT", issues: [{ path: ["prompt"] }] });
    // The next one begins without it.
    void live.now.createVideo(INPUT);
    expect(await live.until(({ isPending }) => isPending)).toMatchObject({ error: null });
    await live.until(isUnderWay);
  });

  test("is told with the video's own error, once it is made", async () => {
    const live = renderIt();
    await live.now.createVideo({ ...INPUT, prompt: "A paper boat [fault:generation-error]" });
    await live.until(isUnderWay);
    on.finishAll();
    const { error } = await live.until(({ isPending }) => !isPending);
    expect(error).toMatchObject({ code: "GENERATION_FAILED", billed: false, message: expect.any(String) });
  });

  test("is told where an input is none", async () => {
    const live = renderIt();
    const circle: { prompt: string; self?: unknown } = { prompt: "A circle" };
    circle.self = circle;
    expect(await live.now.createVideo(circle)).toBeNull();
    expect(await live.until(({ error }) => error !== null)).toMatchObject({ error: { code: "BAD_INPUT" } });
  });
});

describe("the gateway to use", () => {
  test("may be given to the hook", async () => {
    const client = createConnection({ url: on.url });
    const live = renderLive(() => useCreateVideo({ client }));
    expect(await live.now.createVideo(INPUT)).toMatchObject({ status: "ACCEPTED" });
  });

  test("may be given to the provider as a client", async () => {
    const client = createConnection({ url: on.url });
    const live = renderLive(() => useCreateVideo(), {
      around: (children) => <ReelwireProvider client={client}>{children}</ReelwireProvider>,
    });
    expect(await live.now.createVideo(INPUT)).toMatchObject({ status: "ACCEPTED" });
  });

  test("is missing, and what to do is said", () => {
    const Lost = () => <p>{useCreateVideo().status}</p>;
    expect(() => renderToString(<Lost />)).toThrow("put <ReelwireProvider url=");
  });
});
