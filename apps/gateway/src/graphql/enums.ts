import {
  accessEnumValues,
  apiKeyFields,
  budgetFields,
  createVideoFields,
  enumValues,
  quoteFields,
  SCOPE_NAMES,
  SCOPES,
  type Scope as ScopeName,
  spendingEnumValues,
  TOKEN_SCOPES,
  usageQueryFields,
  VIDEO_ERROR_CODES,
  videoFields,
  WEBHOOK_ERROR_CODES,
  WEBHOOK_EVENT_NAMES,
  WEBHOOK_EVENTS,
  webhookDeliveryFields,
  webhookEnumValues,
  webhookFields,
} from "@reelwire/core";
import { builder } from "./builder.ts";

/** An enum whose values are the keys, each with what it means. */
function describedEnum<Name extends string>(name: string, description: string, meanings: Record<Name, string>) {
  const values = Object.entries<string>(meanings).map(([value, meaning]) => [value, { value, description: meaning }]);
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(values) as { [K in Name]: { value: K; description: string } },
  });
}

function meanings<Name extends string>(values: Record<Name, { description: string }>): Record<Name, string> {
  const pairs = Object.entries<{ description: string }>(values).map(([name, { description }]) => [name, description]);
  return Object.fromEntries(pairs) as Record<Name, string>;
}

export const AspectRatio = describedEnum(
  "AspectRatio",
  createVideoFields.aspectRatio.description,
  meanings(enumValues.AspectRatio),
);

export const Resolution = describedEnum(
  "Resolution",
  createVideoFields.resolution.description,
  meanings(enumValues.Resolution),
);

export const PersonGeneration = describedEnum(
  "PersonGeneration",
  createVideoFields.personGeneration.description,
  meanings(enumValues.PersonGeneration),
);

export const VideoStatus = describedEnum(
  "VideoStatus",
  videoFields.status.description,
  meanings(enumValues.VideoStatus),
);

export const WaitingReason = describedEnum(
  "WaitingReason",
  videoFields.waitingReason.description,
  meanings(enumValues.WaitingReason),
);

export const VideoErrorCode = describedEnum("VideoErrorCode", videoFields.errorCode.description, VIDEO_ERROR_CODES);

function scopeEnum<S extends ScopeName>(name: string, description: string, scopes: readonly S[]) {
  const values = scopes.map((scope) => {
    const { description } = accessEnumValues.Scope[SCOPE_NAMES[scope]];
    return [SCOPE_NAMES[scope], { value: scope, description }] as const;
  });
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(values) as Record<(typeof SCOPE_NAMES)[S], { value: S; description: string }>,
  });
}

export const Scope = scopeEnum("Scope", apiKeyFields.scopes.description, SCOPES);

export const TokenScope = scopeEnum("TokenScope", "What an access token allows.", TOKEN_SCOPES);

export const PriceKind = describedEnum(
  "PriceKind",
  quoteFields.kind.description,
  meanings(spendingEnumValues.PriceKind),
);

export const BudgetKind = describedEnum(
  "BudgetKind",
  budgetFields.kind.description,
  meanings(spendingEnumValues.BudgetKind),
);

export const BudgetPeriod = describedEnum(
  "BudgetPeriod",
  budgetFields.period.description,
  meanings(spendingEnumValues.BudgetPeriod),
);

export const UsageGroup = describedEnum(
  "UsageGroup",
  usageQueryFields.groupBy.description,
  meanings(spendingEnumValues.UsageGroup),
);

export const WebhookEvent = builder.enumType("WebhookEvent", {
  description: "What a webhook can be told of.",
  values: Object.fromEntries(
    WEBHOOK_EVENTS.map((event) => {
      const { description } = webhookEnumValues.WebhookEvent[WEBHOOK_EVENT_NAMES[event]];
      return [WEBHOOK_EVENT_NAMES[event], { value: event, description }] as const;
    }),
  ) as {
    [E in keyof typeof WEBHOOK_EVENT_NAMES as (typeof WEBHOOK_EVENT_NAMES)[E]]: { value: E; description: string };
  },
});

export const WebhookDeliveryStatus = describedEnum(
  "WebhookDeliveryStatus",
  webhookDeliveryFields.status.description,
  meanings(webhookEnumValues.WebhookDeliveryStatus),
);

export const WebhookDisabledReason = describedEnum(
  "WebhookDisabledReason",
  webhookFields.disabledReason.description,
  meanings(webhookEnumValues.WebhookDisabledReason),
);

export const WebhookErrorCode = describedEnum(
  "WebhookErrorCode",
  webhookDeliveryFields.errorCode.description,
  WEBHOOK_ERROR_CODES,
);
