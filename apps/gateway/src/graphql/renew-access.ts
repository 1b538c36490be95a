import { ApiError } from "@reelwire/core";
import type { Caller } from "@reelwire/engine";
import { getOperationAST, Kind, parse } from "graphql";
import { builder } from "./builder.ts";
import type { OperationRequest } from "./prepare-operation.ts";

const RenewAccessPayload = builder.objectRef<Caller>("RenewAccessPayload").implement({
  description: "What holds for the websocket from now on.",
  fields: (t) => ({
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      nullable: true,
      description:
        "When the new credential ends, and the websocket with it unless it is renewed; null when it has no end.",
    }),
  }),
});

builder.mutationField("renewAccess", (t) =>
  t.field({
    type: RenewAccessPayload,
    authScopes: { authenticated: true },
    description:
      "Puts a new credential in the place of the one that this websocket was opened with, so that it stays open and its subscriptions go on. The new one must be of the same project and subject, and allow and see at least as much. Over HTTP it is `BAD_INPUT`: send the new credential there. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `BAD_INPUT`; nothing has changed then.",
    args: { token: t.arg.string({ required: true, description: "The new access token, or API key." }) },
    resolve: (_root, { token }, { renewAccess }) => {
      if (renewAccess !== null) return renewAccess(token);
      throw ApiError.badInput([
        { path: [], message: "Only a websocket is renewed. Over HTTP, send the new credential with each request." },
      ]);
    },
  }),
);

/** Longest document that can be a renewal and nothing else, in characters: a few times what clients send. */
const MAX_RENEWAL_CHARACTERS = 1_000;

/**
 * Whether an operation renews access, once, and does nothing else. What is not GraphQL is none; so is what hides it in a fragment.
 * Cheap for all others.
 */
export function isRenewal({ query, operationName }: OperationRequest): boolean {
  if (query.length > MAX_RENEWAL_CHARACTERS || !query.includes("renewAccess")) return false;
  try {
    const selections = getOperationAST(parse(query), operationName)?.selectionSet.selections ?? [];
    const [field] = selections;
    return selections.length === 1 && field?.kind === Kind.FIELD && field.name.value === "renewAccess";
  } catch {
    return false;
  }
}
