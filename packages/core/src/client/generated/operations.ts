// Made by `pnpm codegen` from the gateway's schema and operations.graphql. Not edited by hand.

import type { TypedDocument } from "../typed-document.ts";
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from './schema.ts';

export type VideoFieldsFragment = { readonly id: string, readonly prompt: string, readonly model: string, readonly aspectRatio: Types.AspectRatio | null, readonly resolution: Types.Resolution, readonly durationSeconds: number, readonly generateAudio: boolean, readonly personGeneration: Types.PersonGeneration, readonly idempotencyKey: string | null, readonly externalId: string | null, readonly status: Types.VideoStatus, readonly version: number, readonly waitingReason: Types.WaitingReason | null, readonly url: string | null, readonly studioUrl: string, readonly sourceUrl: string | null, readonly generationId: string | null, readonly createdAt: string, readonly submittedAt: string | null, readonly lastCheckedAt: string | null, readonly finishedAt: string | null, readonly updatedAt: string, readonly error: { readonly code: Types.VideoErrorCode, readonly message: string, readonly retryable: boolean, readonly billed: boolean | null } | null, readonly progress: { readonly fraction: number, readonly estimatedCompletionAt: string | null } | null, readonly cost: { readonly estimatedUsd: number | null, readonly chargedUsd: number | null, readonly credits: number | null } };

export type WebhookFieldsFragment = { readonly id: string, readonly url: string, readonly events: ReadonlyArray<Types.WebhookEvent>, readonly createdAt: string, readonly failingSince: string | null, readonly disabledAt: string | null, readonly disabledReason: Types.WebhookDisabledReason | null, readonly filter: { readonly model: string | null, readonly externalIdPrefix: string | null, readonly subject: string | null } };

export type WebhookDeliveryFieldsFragment = { readonly id: string, readonly webhookId: string | null, readonly url: string, readonly event: Types.WebhookEvent, readonly videoId: string, readonly status: Types.WebhookDeliveryStatus, readonly createdAt: string, readonly nextAttemptAt: string | null, readonly finishedAt: string | null, readonly attempts: ReadonlyArray<{ readonly number: number, readonly at: string, readonly durationMs: number, readonly statusCode: number | null, readonly errorCode: Types.WebhookErrorCode | null, readonly errorMessage: string | null, readonly responseBody: string | null }> };

export type CreateVideoMutationVariables = Exact<{
  input: Types.CreateVideoInput;
}>;


export interface CreateVideoMutation { readonly createVideo: { readonly reused: boolean, readonly video: VideoFieldsFragment, readonly accessToken: { readonly token: string, readonly expiresAt: string } | null } }

export type CancelVideoMutationVariables = Exact<{
  id: string;
}>;


export interface CancelVideoMutation { readonly cancelVideo: { readonly upstreamMayStillCharge: boolean, readonly video: VideoFieldsFragment } }

export type QuoteVideoQueryVariables = Exact<{
  input: Types.CreateVideoInput;
}>;


export interface QuoteVideoQuery { readonly quoteVideo: { readonly usd: number | null, readonly basis: { readonly kind: Types.PriceKind, readonly price: number | null, readonly unit: string | null, readonly per: number | null, readonly units: number | null, readonly asOf: string | null } } }

export type FindVideoQueryVariables = Exact<{
  id: string;
}>;


export interface FindVideoQuery { readonly video: VideoFieldsFragment | null }

export type ListVideosQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: Types.VideoFilter | null | undefined;
}>;


export interface ListVideosQuery { readonly videos: { readonly nodes: ReadonlyArray<VideoFieldsFragment>, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null } } }

export type ListModelsQueryVariables = Exact<{ [key: string]: never; }>;


export interface ListModelsQuery { readonly models: ReadonlyArray<{ readonly id: string, readonly name: string, readonly aliases: ReadonlyArray<string>, readonly isDefault: boolean, readonly isEmulated: boolean, readonly aspectRatios: ReadonlyArray<Types.AspectRatio>, readonly resolutions: ReadonlyArray<Types.Resolution>, readonly durationsSeconds: ReadonlyArray<number>, readonly personGenerations: ReadonlyArray<Types.PersonGeneration>, readonly maxPromptCharacters: number, readonly maxImageBytes: number }> }

export type ListUsageQueryVariables = Exact<{
  from: string;
  to: string;
  groupBy?: ReadonlyArray<Types.UsageGroup> | Types.UsageGroup | null | undefined;
}>;


export interface ListUsageQuery { readonly usage: ReadonlyArray<{ readonly day: string | null, readonly model: string | null, readonly keyId: string | null, readonly subject: string | null, readonly videos: number, readonly completed: number, readonly seconds: number, readonly spentUsd: number, readonly heldUsd: number }> }

export type CreateWebhookMutationVariables = Exact<{
  input: Types.CreateWebhookInput;
}>;


export interface CreateWebhookMutation { readonly createWebhook: { readonly secret: string, readonly reused: boolean, readonly webhook: WebhookFieldsFragment } }

export type DeleteWebhookMutationVariables = Exact<{
  id: string;
}>;


export interface DeleteWebhookMutation { readonly deleteWebhook: { readonly webhook: WebhookFieldsFragment } }

export type EnableWebhookMutationVariables = Exact<{
  id: string;
}>;


export interface EnableWebhookMutation { readonly enableWebhook: { readonly webhook: WebhookFieldsFragment } }

export type ListWebhooksQueryVariables = Exact<{ [key: string]: never; }>;


export interface ListWebhooksQuery { readonly webhooks: ReadonlyArray<WebhookFieldsFragment> }

export type FindWebhookQueryVariables = Exact<{
  id: string;
}>;


export interface FindWebhookQuery { readonly webhook: WebhookFieldsFragment | null }

export type ListWebhookDeliveriesQueryVariables = Exact<{
  webhookId?: string | null | undefined;
  videoId?: string | null | undefined;
  status?: Types.WebhookDeliveryStatus | null | undefined;
  first?: number | null | undefined;
}>;


export interface ListWebhookDeliveriesQuery { readonly webhookDeliveries: ReadonlyArray<WebhookDeliveryFieldsFragment> }

export type RotateWebhookSecretMutationVariables = Exact<{
  id?: string | null | undefined;
}>;


export interface RotateWebhookSecretMutation { readonly rotateWebhookSecret: { readonly secret: string, readonly previousSecretUntil: string | null } }

export type RedeliverWebhookMutationVariables = Exact<{
  id: string;
}>;


export interface RedeliverWebhookMutation { readonly redeliverWebhook: { readonly delivery: WebhookDeliveryFieldsFragment } }

export type RenewAccessMutationVariables = Exact<{
  token: string;
}>;


export interface RenewAccessMutation { readonly renewAccess: { readonly expiresAt: string | null } }

export type VideoStatusSubscriptionVariables = Exact<{
  id: string;
  afterVersion?: number | null | undefined;
}>;


export interface VideoStatusSubscription { readonly videoStatus: VideoFieldsFragment }

export type VideoActivitySubscriptionVariables = Exact<{ [key: string]: never; }>;


export interface VideoActivitySubscription { readonly videoActivity: VideoFieldsFragment }

export const createVideoDocument =
  "mutation CreateVideo($input:CreateVideoInput!){createVideo(input:$input){video{...VideoFields}reused accessToken{token expiresAt}}}fragment VideoFields on Video{id prompt model aspectRatio resolution durationSeconds generateAudio personGeneration idempotencyKey externalId status version waitingReason url studioUrl sourceUrl error{code message retryable billed}progress{fraction estimatedCompletionAt}cost{estimatedUsd chargedUsd credits}generationId createdAt submittedAt lastCheckedAt finishedAt updatedAt}" as TypedDocument<CreateVideoMutation, CreateVideoMutationVariables>;

export const cancelVideoDocument =
  "mutation CancelVideo($id:ID!){cancelVideo(id:$id){video{...VideoFields}upstreamMayStillCharge}}fragment VideoFields on Video{id prompt model aspectRatio resolution durationSeconds generateAudio personGeneration idempotencyKey externalId status version waitingReason url studioUrl sourceUrl error{code message retryable billed}progress{fraction estimatedCompletionAt}cost{estimatedUsd chargedUsd credits}generationId createdAt submittedAt lastCheckedAt finishedAt updatedAt}" as TypedDocument<CancelVideoMutation, CancelVideoMutationVariables>;

export const quoteVideoDocument =
  "query QuoteVideo($input:CreateVideoInput!){quoteVideo(input:$input){usd basis{kind price unit per units asOf}}}" as TypedDocument<QuoteVideoQuery, QuoteVideoQueryVariables>;

export const findVideoDocument =
  "query FindVideo($id:ID!){video(id:$id){...VideoFields}}fragment VideoFields on Video{id prompt model aspectRatio resolution durationSeconds generateAudio personGeneration idempotencyKey externalId status version waitingReason url studioUrl sourceUrl error{code message retryable billed}progress{fraction estimatedCompletionAt}cost{estimatedUsd chargedUsd credits}generationId createdAt submittedAt lastCheckedAt finishedAt updatedAt}" as TypedDocument<FindVideoQuery, FindVideoQueryVariables>;

export const listVideosDocument =
  "query ListVideos($first:Int$after:String$last:Int$before:String$filter:VideoFilter){videos(first:$first after:$after last:$last before:$before filter:$filter){nodes{...VideoFields}pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}fragment VideoFields on Video{id prompt model aspectRatio resolution durationSeconds generateAudio personGeneration idempotencyKey externalId status version waitingReason url studioUrl sourceUrl error{code message retryable billed}progress{fraction estimatedCompletionAt}cost{estimatedUsd chargedUsd credits}generationId createdAt submittedAt lastCheckedAt finishedAt updatedAt}" as TypedDocument<ListVideosQuery, ListVideosQueryVariables>;

export const listModelsDocument =
  "query ListModels{models{id name aliases isDefault isEmulated aspectRatios resolutions durationsSeconds personGenerations maxPromptCharacters maxImageBytes}}" as TypedDocument<ListModelsQuery, ListModelsQueryVariables>;

export const listUsageDocument =
  "query ListUsage($from:DateTime!$to:DateTime!$groupBy:[UsageGroup!]=[]){usage(from:$from to:$to groupBy:$groupBy){day model keyId subject videos completed seconds spentUsd heldUsd}}" as TypedDocument<ListUsageQuery, ListUsageQueryVariables>;

export const createWebhookDocument =
  "mutation CreateWebhook($input:CreateWebhookInput!){createWebhook(input:$input){webhook{...WebhookFields}secret reused}}fragment WebhookFields on Webhook{id url events filter{model externalIdPrefix subject}createdAt failingSince disabledAt disabledReason}" as TypedDocument<CreateWebhookMutation, CreateWebhookMutationVariables>;

export const deleteWebhookDocument =
  "mutation DeleteWebhook($id:ID!){deleteWebhook(id:$id){webhook{...WebhookFields}}}fragment WebhookFields on Webhook{id url events filter{model externalIdPrefix subject}createdAt failingSince disabledAt disabledReason}" as TypedDocument<DeleteWebhookMutation, DeleteWebhookMutationVariables>;

export const enableWebhookDocument =
  "mutation EnableWebhook($id:ID!){enableWebhook(id:$id){webhook{...WebhookFields}}}fragment WebhookFields on Webhook{id url events filter{model externalIdPrefix subject}createdAt failingSince disabledAt disabledReason}" as TypedDocument<EnableWebhookMutation, EnableWebhookMutationVariables>;

export const listWebhooksDocument =
  "query ListWebhooks{webhooks{...WebhookFields}}fragment WebhookFields on Webhook{id url events filter{model externalIdPrefix subject}createdAt failingSince disabledAt disabledReason}" as TypedDocument<ListWebhooksQuery, ListWebhooksQueryVariables>;

export const findWebhookDocument =
  "query FindWebhook($id:ID!){webhook(id:$id){...WebhookFields}}fragment WebhookFields on Webhook{id url events filter{model externalIdPrefix subject}createdAt failingSince disabledAt disabledReason}" as TypedDocument<FindWebhookQuery, FindWebhookQueryVariables>;

export const listWebhookDeliveriesDocument =
  "query ListWebhookDeliveries($webhookId:ID$videoId:ID$status:WebhookDeliveryStatus$first:Int){webhookDeliveries(webhookId:$webhookId videoId:$videoId status:$status first:$first){...WebhookDeliveryFields}}fragment WebhookDeliveryFields on WebhookDelivery{id webhookId url event videoId status createdAt nextAttemptAt finishedAt attempts{number at durationMs statusCode errorCode errorMessage responseBody}}" as TypedDocument<ListWebhookDeliveriesQuery, ListWebhookDeliveriesQueryVariables>;

export const rotateWebhookSecretDocument =
  "mutation RotateWebhookSecret($id:ID){rotateWebhookSecret(id:$id){secret previousSecretUntil}}" as TypedDocument<RotateWebhookSecretMutation, RotateWebhookSecretMutationVariables>;

export const redeliverWebhookDocument =
  "mutation RedeliverWebhook($id:ID!){redeliverWebhook(id:$id){delivery{...WebhookDeliveryFields}}}fragment WebhookDeliveryFields on WebhookDelivery{id webhookId url event videoId status createdAt nextAttemptAt finishedAt attempts{number at durationMs statusCode errorCode errorMessage responseBody}}" as TypedDocument<RedeliverWebhookMutation, RedeliverWebhookMutationVariables>;

export const renewAccessDocument =
  "mutation RenewAccess($token:String!){renewAccess(token:$token){expiresAt}}" as TypedDocument<RenewAccessMutation, RenewAccessMutationVariables>;

export const videoStatusDocument =
  "subscription VideoStatus($id:ID!$afterVersion:Int){videoStatus(id:$id afterVersion:$afterVersion){...VideoFields}}fragment VideoFields on Video{id prompt model aspectRatio resolution durationSeconds generateAudio personGeneration idempotencyKey externalId status version waitingReason url studioUrl sourceUrl error{code message retryable billed}progress{fraction estimatedCompletionAt}cost{estimatedUsd chargedUsd credits}generationId createdAt submittedAt lastCheckedAt finishedAt updatedAt}" as TypedDocument<VideoStatusSubscription, VideoStatusSubscriptionVariables>;

export const videoActivityDocument =
  "subscription VideoActivity{videoActivity{...VideoFields}}fragment VideoFields on Video{id prompt model aspectRatio resolution durationSeconds generateAudio personGeneration idempotencyKey externalId status version waitingReason url studioUrl sourceUrl error{code message retryable billed}progress{fraction estimatedCompletionAt}cost{estimatedUsd chargedUsd credits}generationId createdAt submittedAt lastCheckedAt finishedAt updatedAt}" as TypedDocument<VideoActivitySubscription, VideoActivitySubscriptionVariables>;
