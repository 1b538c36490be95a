import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { createRef } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { VideoPlayer, VideoProgress, videoPlayerProps } from "../../src/index.ts";
import { someVideo } from "../some-video.ts";

afterEach(cleanup);

const URL = "http://127.0.0.1:4000/files/a.mp4";
const done = someVideo({ status: "COMPLETED", url: URL });

describe("VideoPlayer", () => {
  test("plays a finished video, with its prompt for a name", () => {
    render(<VideoPlayer video={done} />);
    const player = screen.getByLabelText("A paper boat");
    expect(player.tagName).toBe("VIDEO");
    expect(player.getAttribute("src")).toBe(URL);
    expect(player.getAttribute("preload")).toBe("metadata");
    expect(player.hasAttribute("controls")).toBe(true);
    expect(player.hasAttribute("playsinline")).toBe(true);
    expect(player.hasAttribute("poster")).toBe(false);
  });

  test("has the picture's ratio before anything is loaded", () => {
    render(<VideoPlayer video={{ ...done, aspectRatio: "PORTRAIT_9_16" }} />);
    expect(screen.getByLabelText("A paper boat").style.aspectRatio).toBe("9 / 16");
    cleanup();
    render(<VideoPlayer video={{ ...done, aspectRatio: "LANDSCAPE_16_9" }} />);
    expect(screen.getByLabelText("A paper boat").style.aspectRatio).toBe("16 / 9");
  });

  test("takes the file's own ratio once it is known", () => {
    let told = 0;
    render(<VideoPlayer video={done} onLoadedMetadata={() => told++} />);
    const player = screen.getByLabelText("A paper boat");
    expect(player.style.aspectRatio).toBe("16 / 9");
    Object.defineProperties(player, { videoWidth: { value: 720 }, videoHeight: { value: 1280 } });
    fireEvent.loadedMetadata(player);
    expect(player.style.aspectRatio).toBe("720 / 1280");
    expect(told).toBe(1);
  });

  test("shows the poster given, otherwise the first frame where that is there", () => {
    const { rerender } = render(<VideoPlayer video={{ ...done, imageUrl: "https://example.com/first.png" }} />);
    const player = screen.getByLabelText("A paper boat");
    expect(player.getAttribute("poster")).toBe("https://example.com/first.png");
    rerender(<VideoPlayer video={{ ...done, imageUrl: "https://example.com/first.png" }} poster="/mine.png" />);
    expect(player.getAttribute("poster")).toBe("/mine.png");
  });

  test("gives its <video> to a ref", () => {
    const ref = createRef<HTMLVideoElement>();
    render(<VideoPlayer video={done} ref={ref} />);
    expect(ref.current).toBe(screen.getByLabelText("A paper boat"));
  });

  test("passes on what else a video takes", () => {
    render(
      <VideoPlayer video={done} className="mine" loop muted id="it" style={{ width: 320 }} aria-label="My video" />,
    );
    const player = screen.getByLabelText("My video");
    expect(player.className).toBe("reelwire-player mine");
    expect(player.hasAttribute("loop")).toBe(true);
    expect(player.id).toBe("it");
    expect(player.style.width).toBe("320px");
    expect(player.style.aspectRatio).toBe("16 / 9");
  });

  test("until then says where the video is, in a box of the same size", () => {
    render(<VideoPlayer video={someVideo({ aspectRatio: "PORTRAIT_9_16" })} className="mine" />);
    const box = screen.getByRole("status");
    expect(box.textContent).toBe("Being made");
    expect(box.className).toBe("reelwire-player mine");
    expect(box.style.aspectRatio).toBe("9 / 16");
  });

  test("says why the video failed", () => {
    const error = { code: "GENERATION_FAILED", message: "No such boat.", retryable: true, billed: false } as const;
    render(<VideoPlayer video={someVideo({ status: "FAILED", error })} />);
    expect(screen.getByRole("alert").textContent).toBe("No such boat.");
  });
});

test("videoPlayerProps are all that a <video> of one's own needs", () => {
  render(<video {...videoPlayerProps(done, { ratio: "4 / 3" })} />);
  const player = screen.getByLabelText("A paper boat");
  expect(player.getAttribute("src")).toBe(URL);
  expect(player.style.aspectRatio).toBe("4 / 3");
});

describe("VideoProgress", () => {
  const now = new Date("2026-11-22T09:00:00.000Z");
  beforeEach(() => void vi.useFakeTimers({ now, toFake: ["Date", "setInterval", "clearInterval"] }));
  afterEach(() => void vi.useRealTimers());

  const half = someVideo({ progress: { fraction: 0.5, estimatedCompletionAt: "2026-11-22T09:00:40.000Z" } });
  const bar = () => screen.getByRole("progressbar");
  const told = () => [bar().getAttribute("aria-valuenow"), bar().getAttribute("aria-valuetext")];

  test("goes on between two looks at the upstream, and says that it is an estimate", async () => {
    render(<VideoProgress video={half} label="The boat" />);
    expect(bar().getAttribute("aria-label")).toBe("The boat");
    expect([bar().getAttribute("aria-valuemin"), bar().getAttribute("aria-valuemax")]).toEqual(["0", "100"]);
    await vi.waitUntil(() => told()[0] === "50" && told()[1] === "Being made: about 40 seconds left, an estimate");
    vi.advanceTimersByTime(20_000);
    await vi.waitUntil(() => told()[0] === "75" && told()[1] === "Being made: about 20 seconds left, an estimate");
    vi.advanceTimersByTime(60_000);
    await vi.waitUntil(() => told()[0] === "99" && told()[1] === "Being made: any moment now, an estimate");
  });

  test("does not go backwards when it is told anew, and ends at 100", async () => {
    const { rerender } = render(<VideoProgress video={half} />);
    vi.advanceTimersByTime(20_000);
    await vi.waitUntil(() => told()[0] === "75");
    rerender(<VideoProgress video={{ ...half, progress: { fraction: 0.6, estimatedCompletionAt: null } }} />);
    expect(told()[0]).toBe("75");
    rerender(
      <VideoProgress
        video={{ ...half, status: "COMPLETED", progress: { fraction: 1, estimatedCompletionAt: null } }}
      />,
    );
    await vi.waitUntil(() => told()[0] === "100" && told()[1] === "Finished");
  });

  test("looks at the clock no more once the video is finished, or the bar is gone", () => {
    const { rerender, unmount } = render(<VideoProgress video={half} />);
    expect(vi.getTimerCount()).toBe(1);
    rerender(<VideoProgress video={done} />);
    expect(vi.getTimerCount()).toBe(0);
    rerender(<VideoProgress video={half} />);
    unmount();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("stays the same under another object that says the same", async () => {
    let renders = 0;
    function Again() {
      renders++;
      return <VideoProgress video={{ ...half }} />;
    }
    const { rerender } = render(<Again />);
    rerender(<Again />);
    expect(renders).toBe(2);
    vi.advanceTimersByTime(10_000);
    await vi.waitUntil(() => told()[0] === "62");
  });

  test.each([
    ["before there is a video", null, "Being sent"],
    ["of one that waits", someVideo({ status: "ACCEPTED", waitingReason: "RATE_LIMITED" }), "Waiting for its turn"],
    ["of one that may not have been sent", someVideo({ status: "UNCONFIRMED" }), "Checking whether it was sent"],
    ["of one that was canceled", someVideo({ status: "CANCELED", progress: null }), "Canceled"],
  ])("%s is not known", (_, video, text) => {
    render(<VideoProgress video={video} className="mine" />);
    expect(bar().hasAttribute("aria-valuenow")).toBe(false);
    expect(bar().getAttribute("aria-valuetext")).toBe(text);
    expect(bar().className).toBe("reelwire-progress mine");
  });
});
