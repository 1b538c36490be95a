import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CreateVideoEvent, type CreateVideoState, createVideoState, IDLE } from "../src/create-video-state.ts";
import { isFinal, ReelwireError, type VideoStatus } from "../src/index.ts";
import { ID, someVideo } from "./some-video.ts";

const error = new ReelwireError({ code: "NETWORK", message: "No answer.", retryable: true });
const other = someVideo({ id: "video_01kaqg3v7hf0ctq9x2d3s8g4rp" });

const states = {
  idle: IDLE,
  submitted: { video: null, error: null, isPending: true },
  watched: { video: someVideo({ version: 2 }), error: null, isPending: true },
  kept: { video: someVideo({ version: 2 }), error, isPending: true },
  finished: { video: someVideo({ version: 3, status: "COMPLETED" }), error: null, isPending: false },
  failed: { video: null, error, isPending: false },
} satisfies Record<string, CreateVideoState>;
type State = keyof typeof states;

/** What becomes of each state by each event; `same`: nothing changes. */
const table: Record<string, { event: CreateVideoEvent; after: Record<State, CreateVideoState | "same"> }> = {
  submitted: {
    event: { type: "submitted" },
    after: {
      idle: states.submitted,
      submitted: states.submitted,
      watched: states.submitted,
      kept: states.submitted,
      finished: states.submitted,
      failed: states.submitted,
    },
  },
  accepted: {
    event: { type: "accepted", video: states.watched.video },
    after: {
      idle: states.watched,
      submitted: states.watched,
      watched: states.watched,
      kept: states.watched,
      finished: states.watched,
      failed: states.watched,
    },
  },
  "accepted, and finished before": {
    event: { type: "accepted", video: states.finished.video },
    after: {
      idle: states.finished,
      submitted: states.finished,
      watched: states.finished,
      kept: states.finished,
      finished: states.finished,
      failed: states.finished,
    },
  },
  "told of a later version": {
    event: { type: "told", video: someVideo({ version: 3 }) },
    after: {
      idle: "same",
      submitted: "same",
      watched: { ...states.watched, video: someVideo({ version: 3 }) },
      kept: { ...states.kept, video: someVideo({ version: 3 }) },
      finished: "same",
      failed: "same",
    },
  },
  "told of the final version": {
    event: { type: "told", video: states.finished.video },
    after: {
      idle: "same",
      submitted: "same",
      watched: states.finished,
      kept: states.finished,
      finished: "same",
      failed: "same",
    },
  },
  "told of an older version": {
    event: { type: "told", video: someVideo({ version: 1 }) },
    after: { idle: "same", submitted: "same", watched: "same", kept: "same", finished: "same", failed: "same" },
  },
  "told of another video": {
    event: { type: "told", video: other },
    after: { idle: "same", submitted: "same", watched: "same", kept: "same", finished: "same", failed: "same" },
  },
  failed: {
    event: { type: "failed", error },
    after: {
      idle: states.failed,
      submitted: states.failed,
      watched: { video: states.watched.video, error, isPending: false },
      kept: { video: states.watched.video, error, isPending: false },
      finished: { video: states.finished.video, error, isPending: false },
      failed: states.failed,
    },
  },
  kept: {
    event: { type: "kept", error },
    after: {
      idle: "same",
      submitted: { ...states.submitted, error },
      watched: states.kept,
      kept: states.kept,
      finished: "same",
      failed: "same",
    },
  },
  reset: {
    event: { type: "reset" },
    after: { idle: "same", submitted: IDLE, watched: IDLE, kept: IDLE, finished: IDLE, failed: IDLE },
  },
};

describe.each(Object.entries(table))("%s", (_, { event, after }) => {
  test.each(Object.entries(states))("when %s", (name, state) => {
    const expected = after[name as State];
    const reached = createVideoState(state, event);
    if (expected === "same") expect(reached).toBe(state);
    else expect(reached).toEqual(expected);
  });
});

const STATUSES: VideoStatus[] = ["ACCEPTED", "QUEUED", "GENERATING", "COMPLETED", "FAILED", "CANCELED"];
const video = fc
  .record({
    id: fc.constantFrom(ID, other.id),
    version: fc.integer({ min: 1, max: 5 }),
    status: fc.constantFrom(...STATUSES),
  })
  .map(someVideo);
const event: fc.Arbitrary<CreateVideoEvent> = fc.oneof(
  fc.record({ type: fc.constantFrom("submitted" as const, "reset" as const) }),
  fc.record({ type: fc.constantFrom("accepted" as const, "told" as const), video }),
  fc.record({ type: fc.constantFrom("failed" as const, "kept" as const), error: fc.constant(error) }),
);

test("whatever happens: nothing is pending after the final version, and no version is followed by an older one", () => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      let state: CreateVideoState = IDLE;
      for (const event of events) {
        const before = state;
        state = createVideoState(state, event);
        if (state.video !== null && isFinal(state.video.status)) expect(state.isPending).toBe(false);
        if (event.type === "told" && state.video !== before.video) {
          expect(state.video?.id).toBe(before.video?.id);
          expect(state.video?.version).toBeGreaterThanOrEqual(before.video?.version ?? 0);
        }
      }
    }),
  );
});
