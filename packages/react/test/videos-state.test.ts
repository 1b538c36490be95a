import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReelwireError, type Video } from "../src/index.ts";
import { UNREAD, type VideosEvent, type VideosState, videosState } from "../src/videos-state.ts";
import { someVideo } from "./some-video.ts";

const all = (_video: Video) => true;
const unfinished = ({ status }: Video) => status !== "COMPLETED";
const numbered = (number: number, changes: Partial<Video> = {}) => someVideo({ id: `video_${number}`, ...changes });
const ids = ({ videos }: VideosState) => videos.map(({ id }) => Number(id.replace("video_", "")));

function page(numbers: number[], hasNextPage = false) {
  const ends = { startCursor: `c${numbers[0]}`, endCursor: `c${numbers.at(-1)}` };
  return {
    nodes: numbers.map((number) => numbered(number)),
    pageInfo: { hasNextPage, hasPreviousPage: false, ...ends },
  };
}

function after(...events: VideosEvent[]): VideosState {
  return events.reduce(videosState, UNREAD);
}

const read = (numbers: number[], hasNextPage?: boolean): VideosEvent => ({
  type: "read",
  page: page(numbers, hasNextPage),
  matches: all,
});
const told = (video: Video, matches = all): VideosEvent => ({ type: "told", video, matches });

describe("a live list", () => {
  test("is its first page, then further ones", () => {
    const first = after(read([9, 7], true));
    expect(first).toMatchObject({ cursor: "c7", hasMore: true, isPending: false });
    const more = videosState(first, { type: "readingMore" });
    expect(more).toMatchObject({ isLoadingMore: true, isPending: false });
    const second = videosState(more, { type: "readMore", page: page([5, 3]), matches: all });
    expect(second).toMatchObject({ cursor: "c3", hasMore: false, isLoadingMore: false });
    expect(ids(second)).toEqual([9, 7, 5, 3]);
  });

  test("has new ones on top", () => {
    expect(ids(after(read([7, 5], true), told(numbered(9))))).toEqual([9, 7, 5]);
  });

  test("has what changes in its place", () => {
    const list = after(read([7, 5, 3]), told(numbered(5, { version: 2 })));
    expect(ids(list)).toEqual([7, 5, 3]);
    expect(list.videos[1]?.version).toBe(2);
  });

  test("leaves out what no longer matches, and takes it back when it does again", () => {
    const without = after(read([7, 5, 3]), told(numbered(5, { version: 2, status: "COMPLETED" }), unfinished));
    expect(ids(without)).toEqual([7, 3]);
    expect(ids(videosState(without, told(numbered(5, { version: 3 }), unfinished)))).toEqual([7, 5, 3]);
  });

  test("does not have what was never for it", () => {
    const list = after(read([7]));
    expect(videosState(list, told(numbered(9, { status: "COMPLETED" }), unfinished))).toBe(list);
  });

  test("does not go back to an older version", () => {
    const list = after(read([7]), told(numbered(7, { version: 3 })));
    expect(videosState(list, told(numbered(7, { version: 2 })))).toBe(list);
  });

  test("leaves what is older than it was read to the next page", () => {
    const list = after(read([7, 5], true));
    expect(videosState(list, told(numbered(3)))).toBe(list);
    expect(ids(after(read([7, 5]), told(numbered(3))))).toEqual([7, 5, 3]);
  });

  test("knows how far it was read also when the last one has left", () => {
    const list = after(read([7, 3], true), told(numbered(3, { version: 2, status: "COMPLETED" }), unfinished));
    expect(ids(videosState(list, told(numbered(5))))).toEqual([7, 5]);
  });

  test("keeps what was told while an older answer was on its way", () => {
    const list = after(
      told(numbered(9)),
      told(numbered(5, { version: 2 })),
      { type: "told", video: numbered(3, { version: 2, status: "COMPLETED" }), matches: unfinished },
      { type: "read", page: page([7, 5, 3]), matches: unfinished },
    );
    expect(ids(list)).toEqual([9, 7, 5]);
    expect(list.videos[2]?.version).toBe(2);
  });

  test("has nothing before the first page but is not empty for good", () => {
    expect(after(told(numbered(9)))).toMatchObject({ videos: [], isPending: true });
    expect(ids(after(read([]), told(numbered(9))))).toEqual([9]);
  });

  test("read again, is what is read; until then, what matches of what there was", () => {
    const list = after(read([7, 5]), told(numbered(5, { version: 2, status: "COMPLETED" })));
    const again = videosState(list, { type: "reading", matches: unfinished });
    expect(again).toMatchObject({ isPending: true });
    expect(ids(again)).toEqual([7]);
    expect(ids(videosState(again, read([8])))).toEqual([8]);
  });

  test("keeps what it has when it cannot be read", () => {
    const error = new ReelwireError({ code: "NETWORK", message: "No answer.", retryable: true });
    const list = after(read([7]), { type: "readingMore" }, { type: "failed", error });
    expect(list).toMatchObject({ error, isPending: false, isLoadingMore: false });
    expect(ids(list)).toEqual([7]);
    expect(videosState(list, { type: "reading", matches: all }).error).toBeNull();
  });
});

/** What may happen: on the gateway, which tells of it at once, and to what the list asks, whose answers may be late. */
const happening = fc.oneof(
  fc.record({ type: fc.constantFrom("make" as const, "ask" as const, "askMore" as const, "answer" as const) }),
  fc.record({ type: fc.constant("change" as const), which: fc.nat(), done: fc.boolean() }),
);

test("whatever happens while answers are late: in the end the list is what the gateway would list, as far as it was read", () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
      let list = UNREAD;
      let videos: Video[] = [];
      let late: VideosEvent | null = null;
      const happen = (event: VideosEvent) => {
        list = videosState(list, event);
      };
      const listed = () => videos.filter(unfinished).toSorted((a, b) => (a.id < b.id ? 1 : -1));
      const ask = (type: "read" | "readMore", count: number, after: string | null) => {
        const left = listed().filter(({ id }) => after === null || id < after);
        const nodes = left.slice(0, count);
        const pageInfo = {
          hasNextPage: left.length > count,
          hasPreviousPage: false,
          startCursor: nodes[0]?.id ?? null,
          endCursor: nodes.at(-1)?.id ?? null,
        };
        late = { type, page: { nodes, pageInfo }, matches: unfinished };
      };
      const answer = () => {
        if (late !== null) happen(late);
        late = null;
      };
      ask("read", 3, null);
      for (const it of happenings) {
        if (it.type === "make") {
          const made = numbered(100 + videos.length);
          videos = [...videos, made];
          happen(told(made, unfinished));
        } else if (it.type === "change" && videos.length > 0) {
          const index = it.which % videos.length;
          const before = videos[index] ?? someVideo();
          const after = {
            ...before,
            version: before.version + 1,
            status: it.done ? ("COMPLETED" as const) : before.status,
          };
          videos = videos.with(index, after);
          happen(told(after, unfinished));
        } else if (it.type === "ask") {
          happen({ type: "reading", matches: unfinished });
          ask("read", Math.max(3, list.videos.length), null);
        } else if (it.type === "askMore" && list.hasMore && !list.isPending && !list.isLoadingMore) {
          happen({ type: "readingMore" });
          ask("readMore", 3, list.cursor);
        } else if (it.type === "answer") answer();
      }
      answer();
      const reach = listed().filter(({ id }) => !list.hasMore || list.oldestId === null || id >= list.oldestId);
      expect(list.videos).toEqual(reach);
    }),
  );
});
