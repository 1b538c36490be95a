export {
  accessEnumValues,
  accessTokenFields,
  apiKeyFields,
  createAccessTokenFields,
  createApiKeyFields,
} from "./access-fields.ts";
export {
  API_ERROR_CODES,
  ApiError,
  type ApiErrorCode,
  type ErrorDetails,
  type ExceededBudget,
  type InputIssue,
} from "./api-error.ts";
export { isApiKeyId, newApiKeyId } from "./api-key-id.ts";
export {
  automationEnumValues,
  automationSteps,
  automationTriggers,
  binaryFields,
  connectionFields,
  stepFields,
  stepOutputFields,
  waitFields,
} from "./automation-fields.ts";
export { BUDGET_KINDS, BUDGET_PERIODS, type BudgetKind, type BudgetPeriod } from "./budget.ts";
export { newBudgetId } from "./budget-id.ts";
export {
  type AcceptedInput,
  type CreateVideoInput,
  createVideoInputSchema,
  parseCreateVideoInput,
} from "./create-video-input.ts";
export { createVideoFields, enumValues, type Field, modelFields, videoFields } from "./fields.ts";
export { CREDITS_PER_USD, type Generation, type GenerationUsage } from "./generation.ts";
export {
  type GenerationTime,
  type GenerationTimeSample,
  priorGenerationTime,
  stillRunning,
  TYPICAL_GENERATION_MS,
} from "./generation-time.ts";
export { learnGenerationTime, requestKind } from "./learn-generation-time.ts";
export {
  findModel,
  MAX_IMAGE_BYTES,
  MAX_PROMPT_CHARACTERS,
  MAX_URL_CHARACTERS,
  MODELS,
  type Model,
  VEO_3_1_LITE,
} from "./models.ts";
export {
  type CheckedAccessToken,
  MAX_TOKEN_SECONDS,
  MAX_TOKEN_VIDEOS,
  parseNewAccessToken,
} from "./new-access-token.ts";
export { type CheckedApiKey, parseNewApiKey } from "./new-api-key.ts";
export { type CheckedBudget, parseNewBudget } from "./new-budget.ts";
export { type CheckedWebhook, parseNewWebhook, type WebhookFilter } from "./new-webhook.ts";
export { createPollSchedule, type PollSchedule, type PollScheduleOptions } from "./poll-schedule.ts";
export { type Pricing, type Quote, quote, type Rate } from "./price.ts";
export { estimateProgress, type Progress } from "./progress.ts";
export { SCOPE_NAMES, SCOPES, type Scope, TOKEN_SCOPES, type TokenScope } from "./scope.ts";
export { budgetFields, quoteFields, spendingEnumValues, usageFields, usageQueryFields } from "./spending-fields.ts";
export { isStorableText, toStorableText } from "./storable-text.ts";
export { newUploadId } from "./upload-id.ts";
export {
  ASPECT_RATIOS,
  type AspectRatio,
  DURATIONS_SECONDS,
  type DurationSeconds,
  FINAL_STATUSES,
  type FinalStatus,
  isFinal,
  PERSON_GENERATIONS,
  type PersonGeneration,
  RESOLUTIONS,
  type Resolution,
  VIDEO_ERROR_CODES,
  VIDEO_STATUSES,
  type Video,
  type VideoError,
  type VideoErrorCode,
  type VideoRequest,
  type VideoState,
  type VideoStatus,
  WAITING_REASONS,
  type WaitingReason,
} from "./video.ts";
export { clientRequestId, newVideoId, videoIdFromUuid, videoIdToUuid } from "./video-id.ts";
export { acceptedState, transition, type VideoEvent } from "./video-state.ts";
export {
  MAX_WEBHOOKS,
  WEBHOOK_DELIVERY_STATUSES,
  WEBHOOK_DISABLED_REASONS,
  WEBHOOK_ERROR_CODES,
  WEBHOOK_EVENT_NAMES,
  WEBHOOK_EVENT_TYPES,
  WEBHOOK_EVENTS,
  type WebhookDeliveryStatus,
  type WebhookDisabledReason,
  type WebhookErrorCode,
  type WebhookEvent,
  type WebhookEventType,
  webhookEventType,
} from "./webhook.ts";
export { createWebhookFields, webhookDeliveryFields, webhookEnumValues, webhookFields } from "./webhook-fields.ts";
export { deliveryIdFromUuid, deliveryIdToUuid, newWebhookId } from "./webhook-id.ts";
