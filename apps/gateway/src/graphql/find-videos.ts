import { resolveCursorConnection } from "@pothos/plugin-relay";
import { ApiError, type InputIssue, videoFields } from "@reelwire/core";
import type { StoredVideo, VideoFilter } from "@reelwire/engine";
import { builder } from "./builder.ts";
import { VideoStatus } from "./enums.ts";
import { checkPage, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, pageSize } from "./page.ts";
import { VideoType } from "./video-type.ts";

builder.queryField("video", (t) =>
  t.field({
    type: VideoType,
    authScopes: { scope: "videos:read" },
    nullable: true,
    description: "The video with this id; null when there is no such video, or it is not yours.",
    args: { id: t.arg.id({ required: true, description: videoFields.id.description }) },
    resolve: (_root, { id }, { engine, viewer }) => engine.video(viewer, id),
  }),
);

/** Enough for what somebody remembers of a prompt. */
const MAX_SEARCH_CHARACTERS = 200;

/** It may read all prompts that there are, so that an operation may search some times, and not under a thousand aliases. */
const SEARCH_COMPLEXITY = 1_000;

const VideoFilterInput = builder.inputType("VideoFilter", {
  description: "Which videos to list. All that is given must hold; null means the same as leaving it out.",
  fields: (t) => ({
    status: t.field({ type: [VideoStatus], description: "Only videos in one of these statuses." }),
    externalId: t.string({ description: "Only the video with this external id." }),
    idempotencyKey: t.string({ description: "Only the video that was made with this idempotency key." }),
    search: t.string({
      description: `Only videos whose prompt or external id contains this text, in whatever case. 1 to ${MAX_SEARCH_CHARACTERS} characters.`,
    }),
    createdAfter: t.field({ type: "DateTime", description: "Only videos created later than this." }),
    createdBefore: t.field({ type: "DateTime", description: "Only videos created earlier than this." }),
  }),
});

builder.queryField("videos", (t) =>
  t.connection(
    {
      type: VideoType,
      authScopes: { scope: "videos:read" },
      description: `The videos you may see, the newest first, a page at a time: ${DEFAULT_PAGE_SIZE} unless \`first\` or \`last\` says otherwise, at most ${MAX_PAGE_SIZE}. Errors: \`BAD_INPUT\`.`,
      args: { filter: t.arg({ type: VideoFilterInput, description: "Which videos to list. Default: all." }) },
      complexity: (args) => ({
        field: args.filter?.search == null ? 1 : SEARCH_COMPLEXITY,
        multiplier: pageSize(args),
      }),
      async resolve(_root, args, { engine, viewer }) {
        checkPage(args);
        const filter = toFilter(args.filter ?? {});
        const connection = await resolveCursorConnection<Promise<StoredVideo[]>>(
          { args, defaultSize: DEFAULT_PAGE_SIZE, maxSize: MAX_PAGE_SIZE, toCursor: (video) => video.id },
          ({ after, before, limit, inverted }) =>
            engine.videos(viewer, filter, {
              limit,
              order: inverted ? "oldest" : "newest",
              ...(after === undefined ? {} : { olderThan: after }),
              ...(before === undefined ? {} : { newerThan: before }),
            }),
        );
        const { startCursor, endCursor, ...more } = connection.pageInfo;
        return { ...connection, pageInfo: { ...more, startCursor: startCursor || null, endCursor: endCursor || null } };
      },
    },
    { name: "VideoConnection", description: "A page of videos." },
    { name: "VideoEdge", description: "A video in a list, and its place there." },
  ),
);

type FilterArgument = typeof VideoFilterInput.$inferInput;

function toFilter({
  status,
  externalId,
  idempotencyKey,
  search,
  createdAfter,
  createdBefore,
}: FilterArgument): VideoFilter {
  const issues: InputIssue[] = [];
  if (status?.length === 0) {
    issues.push({ path: ["filter", "status"], message: "Name at least one status, or leave it out." });
  }
  if (search === "" || (search != null && search.length > MAX_SEARCH_CHARACTERS)) {
    const message = `Search for 1 to ${MAX_SEARCH_CHARACTERS} characters, or leave it out.`;
    issues.push({ path: ["filter", "search"], message });
  }
  if (issues.length > 0) throw ApiError.badInput(issues);
  return {
    ...(status == null ? {} : { statuses: status }),
    ...(externalId == null ? {} : { externalId }),
    ...(idempotencyKey == null ? {} : { idempotencyKey }),
    ...(search == null ? {} : { search }),
    ...(createdAfter == null ? {} : { createdAfter }),
    ...(createdBefore == null ? {} : { createdBefore }),
  };
}
