import SchemaBuilder from "@pothos/core";
import ComplexityPlugin from "@pothos/plugin-complexity";
import RelayPlugin from "@pothos/plugin-relay";
import ScopeAuthPlugin from "@pothos/plugin-scope-auth";
import { ApiError } from "@reelwire/core";
import { type FieldAccess, fieldAccess, forbidden } from "./authorization.ts";
import type { GraphqlContext } from "./context.ts";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "./page.ts";

/**
 * How much one operation may ask for. A field costs 1, and what is selected under a list costs as often as the list is long
 * (`videos`: the page size). A full page of 100 videos with all their fields but images costs about 4,700.
 */
export const QUERY_LIMITS = { complexity: 20_000, depth: 15, breadth: 2_000 } as const;

/**
 * What a field costs that must not be asked for twice in one operation. Where a second one fails, what the first gave would not be
 * told: a video's id, a secret that is shown once.
 */
export const ONCE_PER_OPERATION = QUERY_LIMITS.complexity / 2 + 1;

/** Longest document, in lexical tokens; an image in a string is one. */
export const MAX_QUERY_TOKENS = 20_000;

/** Most ids that `nodes` takes. */
export const MAX_NODES = 100;

const direction = "Left out, the page begins at the newest video, or with `last` ends at the oldest.";

/** What every part of the schema is built on. */
export const builder = new SchemaBuilder<{
  Context: GraphqlContext;
  AuthScopes: FieldAccess;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
  };
}>({
  // What may not be asked for costs nothing and finds nothing: it comes before the others.
  plugins: [ScopeAuthPlugin, ComplexityPlugin, RelayPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: ({ caller }) => fieldAccess(caller),
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, { caller }, _info, { failure }) => forbidden(caller, failure),
  },
  complexity: {
    limit: QUERY_LIMITS,
    complexityError: (kind) =>
      ApiError.badInput([
        {
          path: [],
          message: `The operation asks for too much at once (${kind.toLowerCase()}). Split it, or ask for smaller pages.`,
        },
      ]),
  },
  relay: {
    edgesFieldOptions: {
      nullable: false,
      description: "The videos of this page, each with its cursor.",
      // How long the list is, is counted once: where the page's size is given.
      complexity: { multiplier: 1 },
    },
    nodesOnConnection: {
      description: "The videos of this page, where their cursors are not needed.",
      complexity: { multiplier: 1 },
    },
    nodeFieldOptions: { nullable: false, description: "The video itself." },
    cursorFieldOptions: { description: "Where this video is in the list: give it as `after` or `before`." },
    pageInfoFieldOptions: { description: "Whether there is more, and where it begins." },
    // Our ids say what they are of, so they are global ids as they stand.
    encodeGlobalID: (_typename, id) => String(id),
    decodeGlobalID: (id) => ({ typename: "Video", id }),
    nodeTypeOptions: { description: "Anything that has an id of its own, by which `node` finds it again." },
    idFieldOptions: { description: "Identifies it everywhere." },
    nodeQueryOptions: {
      authScopes: { scope: "videos:read" },
      description: "Whatever has this id; null when there is no such thing, or it is not yours.",
      args: { id: { description: "The id of a video, as its field `id` gives it." } },
    },
    nodesQueryOptions: {
      authScopes: { scope: "videos:read" },
      description: `Whatever has these ids, in their order, null in place of what there is not. At most ${MAX_NODES} ids.`,
      args: { ids: { description: `The ids, as any field \`id\` gave them. At most ${MAX_NODES}.` } },
      complexity: ({ ids }) => ({ multiplier: ids.length }),
      resolve: (_root, { ids }, _context, _info, resolveNodes) => {
        if (ids.length <= MAX_NODES) return resolveNodes(ids);
        throw ApiError.badInput([{ path: ["ids"], message: `Ask for at most ${MAX_NODES} ids at once.` }]);
      },
    },
    pageInfoTypeOptions: { description: "Where a page of a list begins and ends, and whether there is more." },
    hasNextPageFieldOptions: { description: "Whether there is more after this page." },
    hasPreviousPageFieldOptions: { description: "Whether there is something before this page." },
    startCursorFieldOptions: {
      description: "Cursor of the first item; give it as `before`. Null when the page is empty.",
    },
    endCursorFieldOptions: { description: "Cursor of the last item; give it as `after`. Null when the page is empty." },
    firstArgOptions: {
      description: `How many, from the beginning of what is left. 1 to ${MAX_PAGE_SIZE}. Default: ${DEFAULT_PAGE_SIZE}.`,
    },
    lastArgOptions: {
      description: `How many, from the end of what is left. 1 to ${MAX_PAGE_SIZE}. Not together with \`first\`.`,
    },
    afterArgOptions: { description: `Only what comes after this cursor: older videos. ${direction}` },
    beforeArgOptions: { description: `Only what comes before this cursor: newer videos. ${direction}` },
  },
});

builder.queryType({ description: "What can be asked." });
builder.mutationType({ description: "What can be done." });
builder.subscriptionType({ description: "What can be watched, over a websocket." });
