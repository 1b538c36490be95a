import { apiKeyFields, createApiKeyFields } from "@reelwire/core";
import { type ApiKey, keyIdOf } from "@reelwire/engine";
import { builder, ONCE_PER_OPERATION } from "./builder.ts";
import { Scope } from "./enums.ts";

const ApiKeyType = builder.objectRef<ApiKey>("ApiKey").implement({
  description: "A credential of a server's, without its secret.",
  fields: (t) => {
    const time = (name: "expiresAt" | "revokedAt" | "lastUsedAt") =>
      t.expose(name, { type: "DateTime", nullable: true, description: apiKeyFields[name].description });
    return {
      // Not a Node: `node` is for whoever may see videos.
      id: t.exposeID("id", { description: apiKeyFields.id.description }),
      name: t.exposeString("name", { description: apiKeyFields.name.description }),
      scopes: t.field({
        type: [Scope],
        description: apiKeyFields.scopes.description,
        resolve: ({ scopes }) => [...scopes],
      }),
      createdBy: t.exposeID("createdBy", { nullable: true, description: apiKeyFields.createdBy.description }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: apiKeyFields.createdAt.description }),
      expiresAt: time("expiresAt"),
      revokedAt: time("revokedAt"),
      lastUsedAt: time("lastUsedAt"),
    };
  },
});

builder.queryField("apiKeys", (t) =>
  t.field({
    type: [ApiKeyType],
    authScopes: { scope: "admin" },
    description: "The keys of the project, the newest first; those that have ended too.",
    complexity: { field: 20, multiplier: 50 },
    resolve: (_root, _args, { access, viewer }) => access.keys(viewer.project),
  }),
);

const CreateApiKeyInput = builder.inputType("CreateApiKeyInput", {
  description: "What a key is made of; null means the same as leaving a field out.",
  fields: (t) => ({
    name: t.string({ required: true, description: createApiKeyFields.name.description }),
    scopes: t.field({ type: [Scope], required: true, description: createApiKeyFields.scopes.description }),
    expiresAt: t.field({ type: "DateTime", description: createApiKeyFields.expiresAt.description }),
  }),
});

const CreateApiKeyPayload = builder.objectRef<{ key: ApiKey; secret: string }>("CreateApiKeyPayload").implement({
  description: "The key that was made.",
  fields: (t) => ({
    apiKey: t.expose("key", { type: ApiKeyType, description: "What is kept of it." }),
    secret: t.exposeString("secret", { description: apiKeyFields.secret.description }),
  }),
});

builder.mutationField("createApiKey", (t) =>
  t.field({
    type: CreateApiKeyPayload,
    authScopes: { scope: "admin" },
    complexity: { field: ONCE_PER_OPERATION },
    description:
      "Makes a key of the same project, one in an operation. As soon as there ever was one, everybody is asked for a credential. Errors: `BAD_INPUT`.",
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: "What to make." }) },
    resolve: (_root, { input: { name, scopes, expiresAt } }, { access, viewer }) =>
      access.createKey({
        project: viewer.project,
        name,
        scopes,
        expiresAt: expiresAt ?? null,
        createdBy: viewer.keyId,
      }),
  }),
);

const RevokeApiKeyPayload = builder.objectRef<{ key: ApiKey }>("RevokeApiKeyPayload").implement({
  description: "The key that was revoked.",
  fields: (t) => ({ apiKey: t.expose("key", { type: ApiKeyType, description: "It has a `revokedAt` now." }) }),
});

builder.mutationField("revokeApiKey", (t) =>
  t.field({
    type: RevokeApiKeyPayload,
    authScopes: { scope: "admin" },
    description:
      "Ends a key of the project, and every token it made, on every node at once. Revoking it again answers the same. Errors: `NOT_FOUND`.",
    args: { id: t.arg.id({ required: true, description: "The id of the key; the key itself will do." }) },
    resolve: async (_root, { id }, { access, viewer }) => ({
      key: await access.revokeKey(viewer.project, keyIdOf(id) ?? id),
    }),
  }),
);
