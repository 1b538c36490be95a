import { accessTokenFields, createAccessTokenFields, TOKEN_SCOPES } from "@reelwire/core";
import type { AccessToken } from "@reelwire/engine";
import { builder } from "./builder.ts";
import { TokenScope } from "./enums.ts";

/** How long a token lives where nobody says. */
const DEFAULT_TOKEN_SECONDS = createAccessTokenFields.expiresInSeconds.sample;

export const AccessTokenType = builder.objectRef<AccessToken>("AccessToken").implement({
  description: "A token for a browser, or whatever else is to see only some videos and only for a while.",
  fields: (t) => ({
    token: t.exposeString("token", { description: accessTokenFields.token.description }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: accessTokenFields.expiresAt.description }),
  }),
});

const CreateAccessTokenInput = builder.inputType("CreateAccessTokenInput", {
  description: "Whom an access token is for, and what it allows; null means the same as leaving a field out.",
  fields: (t) => {
    const fields = createAccessTokenFields;
    return {
      subject: t.string({ description: fields.subject.description }),
      scopes: t.field({ type: [TokenScope], description: fields.scopes.description }),
      videoIds: t.idList({ description: fields.videoIds.description }),
      expiresInSeconds: t.int({ description: fields.expiresInSeconds.description }),
    };
  },
});

builder.mutationField("createAccessToken", (t) =>
  t.field({
    type: AccessTokenType,
    // And one with the token's scopes: both are held where tokens are made.
    authScopes: { apiKey: true },
    description:
      "Makes an access token, on behalf of the API key that asks: the token allows no more, and ends with it. For your server, to give to a browser. Errors: `BAD_INPUT`, `FORBIDDEN`.",
    args: { input: t.arg({ type: CreateAccessTokenInput, required: true, description: "Whom it is for." }) },
    resolve: (_root, { input }, { access, caller }) => {
      const subject = input.subject ?? null;
      return access.createToken(caller, {
        subject,
        scopes: input.scopes ?? (subject === null || input.videoIds != null ? ["videos:read"] : TOKEN_SCOPES),
        videoIds: input.videoIds ?? null,
        expiresInSeconds: input.expiresInSeconds ?? DEFAULT_TOKEN_SECONDS,
      });
    },
  }),
);
