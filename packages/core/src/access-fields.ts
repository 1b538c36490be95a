import type { Field } from "./fields.ts";

/** What `createApiKey` takes. */
export const createApiKeyFields = {
  name: {
    label: "Key Name",
    description: "What people know the key by: what it is for, and where it is kept. 1 to 100 characters.",
    sample: "web-server",
  },
  scopes: {
    label: "Key Scopes",
    description: "What the key is to allow: at least one.",
    sample: ["VIDEOS_CREATE", "VIDEOS_READ"],
  },
  expiresAt: {
    label: "Key Ends At",
    description: "When the key is to end by itself. Default: never.",
    sample: "2027-11-22T09:00:00.000Z",
  },
} as const satisfies Record<string, Field>;

/** What a key tells of itself, and what comes with a new one. */
export const apiKeyFields = {
  id: {
    label: "Key ID",
    description: "Identifies the key. It is no secret, and no credential.",
    sample: "key_01kb3xrg9pf4bs2gq3yj3zc2tm",
  },
  name: { label: "Key Name", description: "What people know the key by.", sample: "web-server" },
  scopes: {
    label: "Key Scopes",
    description: "What the key allows.",
    sample: ["VIDEOS_CREATE", "VIDEOS_READ"],
  },
  createdBy: {
    label: "Created By",
    description: "Id of the key that made it. Null when it was made on the command line, or before there was any key.",
    sample: null,
  },
  createdAt: { label: "Created At", description: "When it was made.", sample: "2026-11-22T09:00:00.000Z" },
  expiresAt: {
    label: "Expires At",
    description: "When it ends, or ended, by itself. Null: never.",
    sample: "2027-11-22T09:00:00.000Z",
  },
  revokedAt: { label: "Revoked At", description: "When it was revoked. Null unless it was.", sample: null },
  lastUsedAt: {
    label: "Last Used At",
    description: "When something was last done with it, or with a token it made; right to the minute. Null: never.",
    sample: "2026-11-22T09:14:00.000Z",
  },
  secret: {
    label: "Secret",
    description: "The key itself, to be sent as `Authorization: Bearer`. It is shown here and never again.",
    sample: "rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_0zGq4mX1nB7yT3vK9cR5wE2sL8dJ6hF0aP4uN1iO7tM",
  },
} as const satisfies Record<string, Field>;

/** What `createAccessToken` takes. */
export const createAccessTokenFields = {
  subject: {
    label: "Subject",
    description:
      "The user of yours that the token is for, by any id you like: it sees and changes what this subject made. 1 to 255 characters. May be left out where `videoIds` is given.",
    sample: "user-4711",
  },
  scopes: {
    label: "Token Scopes",
    description:
      "What the token is to allow, all of which the key that makes it must allow. Default: both; `VIDEOS_READ` alone where `videoIds` is given, or no subject. Who may create may also cancel what the token sees.",
    sample: ["VIDEOS_CREATE", "VIDEOS_READ"],
  },
  videoIds: {
    label: "Video IDs",
    description:
      "The only videos that the token is to see, of whatever subject: 1 to 100 ids. Default: all of its subject's.",
    sample: ["video_01kaqg3v7hf0ctq9x2d3s8g4rn"],
  },
  expiresInSeconds: {
    label: "Expires In (Seconds)",
    description: "How long the token is to be valid, in seconds: 1 to 86,400. Default: 3,600, an hour.",
    sample: 3_600,
  },
} as const satisfies Record<string, Field>;

/** What is told of a new access token. */
export const accessTokenFields = {
  token: {
    label: "Access Token",
    description:
      "The token: a JWT, to be sent as `Authorization: Bearer`, or as `token` in a websocket's `connectionParams`. It is kept nowhere.",
    sample: "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c2VyLTQ3MTEifQ.c2lnbmF0dXJl",
  },
  expiresAt: {
    label: "Token Expires At",
    description: "When it ends: no later than the key that made it.",
    sample: "2026-11-22T10:00:00.000Z",
  },
} as const satisfies Record<string, Field>;

/** What each value of an enum about access means. */
export const accessEnumValues = {
  Scope: {
    VIDEOS_CREATE: { label: "Create Videos", description: "Make videos, upload images for them, and cancel them." },
    VIDEOS_READ: { label: "Read Videos", description: "See, list and watch videos, and what they cost." },
    WEBHOOKS: {
      label: "Webhooks",
      description: "Have others told how videos end, by webhooks, and see what was sent to them.",
    },
    ADMIN: {
      label: "Administer",
      description: "Everything in the project, and its keys, budgets and usage.",
    },
  },
} as const satisfies Record<string, Record<string, { label: string; description: string }>>;
