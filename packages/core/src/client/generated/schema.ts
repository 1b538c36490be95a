// Made by `pnpm codegen` from the gateway's schema and operations.graphql. Not edited by hand.

export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
/** All built-in and custom scalars, mapped to their actual values */
export interface Scalars {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment, as ISO 8601 with a time zone; answers are in UTC, to the millisecond: `2026-11-22T09:00:58.110Z`. */
  DateTime: { input: string; output: string; }
}

/** Landscape (16:9) or portrait (9:16). Left out, the upstream chooses. */
export type AspectRatio =
  /** Wider than high: 1280×720 or 1920×1080. */
  | 'LANDSCAPE_16_9'
  /** Higher than wide: 720×1280 or 1080×1920. */
  | 'PORTRAIT_9_16';

/** Pixels on the short side: 720 or 1080. Default: 720. */
export type Resolution =
  /** 720 pixels on the short side. */
  | 'P720'
  /** 1080 pixels on the short side. */
  | 'P1080';

/** Whether adults may appear in the video. Default: they may. */
export type PersonGeneration =
  /** No people appear. */
  | 'DONT_ALLOW'
  /** Adults may appear. */
  | 'ALLOW_ADULT';

/** Where the video is on its way. */
export type VideoStatus =
  /** Saved; nothing has been sent upstream. See `waitingReason`. */
  | 'ACCEPTED'
  /** The paid request may be under way. */
  | 'SUBMITTING'
  /** The upstream's answer was lost. It is being looked for, and not sent again blindly. */
  | 'UNCONFIRMED'
  /** The upstream has accepted it and not begun. */
  | 'QUEUED'
  /** The upstream is making it. */
  | 'GENERATING'
  /** Finished: `url` plays. Final. */
  | 'COMPLETED'
  /** Ended without a video; see `error`. Final. */
  | 'FAILED'
  /** Somebody canceled it. Final. */
  | 'CANCELED';

/** Why the video has not been sent upstream yet. Null when nothing holds it up, and while many others have their turn before it. */
export type WaitingReason =
  /** The upstream takes no more for now. It is sent as soon as it does. */
  | 'RATE_LIMITED'
  /** The gateway's own limits on the upstream's use are used up. It is sent as soon as they allow. */
  | 'CAPACITY_LIMITED'
  /** The upstream cannot be connected to. It is sent as soon as it can. */
  | 'UPSTREAM_UNREACHABLE'
  /** The upstream failed and is known not to have accepted it. It is sent again shortly. */
  | 'UPSTREAM_ERROR';

/** A stable code for programs; the documentation lists all of them. */
export type VideoErrorCode =
  /** An uploaded image could not be had any more when the request was to be sent upstream. Upload it again. Nothing was charged. */
  | 'IMAGE_UNAVAILABLE'
  /** The upstream accepted the request and reported an error instead of a video. It is not charged. */
  | 'GENERATION_FAILED'
  /** The upstream still had not finished at the deadline. It may yet finish, and charge. */
  | 'GENERATION_TIMEOUT'
  /** The upstream accepted the request and later no longer knew it. */
  | 'GENERATION_NOT_FOUND'
  /** The upstream said it was completed and gave no address for the file. */
  | 'RESULT_MISSING'
  /** The answer to the submission was lost and the upstream's request log never showed it. It was not sent again, since that might have been paid twice. */
  | 'SUBMISSION_UNCONFIRMED'
  /** The upstream refused the request as invalid. Change the input. */
  | 'UPSTREAM_INPUT_REJECTED'
  /** The upstream refused the gateway's key. Whoever runs the gateway must set a valid key. */
  | 'UPSTREAM_KEY_REJECTED'
  /** The upstream refused for lack of credits or permission. Whoever runs the gateway must top up or ask for access. */
  | 'UPSTREAM_FORBIDDEN'
  /** The upstream could not be reached, or kept failing, before it accepted the request. */
  | 'UPSTREAM_UNAVAILABLE';

/** What the key allows. */
export type Scope =
  /** Make videos, upload images for them, and cancel them. */
  | 'VIDEOS_CREATE'
  /** See, list and watch videos, and what they cost. */
  | 'VIDEOS_READ'
  /** Have others told how videos end, by webhooks, and see what was sent to them. */
  | 'WEBHOOKS'
  /** Everything in the project, and its keys, budgets and usage. */
  | 'ADMIN';

/** What an access token allows. */
export type TokenScope =
  /** Make videos, upload images for them, and cancel them. */
  | 'VIDEOS_CREATE'
  /** See, list and watch videos, and what they cost. */
  | 'VIDEOS_READ';

/** How the upstream's catalogue prices the model. */
export type PriceKind =
  /** The model has one price. */
  | 'FIXED'
  /** The model has prices for what is asked for: that variant's. */
  | 'VARIANTS'
  /** The upstream says what it costs only afterwards. */
  | 'VARIABLE'
  /** The catalogue could not be read, or does not have the price. */
  | 'UNKNOWN';

/** What it is a budget of. */
export type BudgetKind =
  /** Everything in the project together. */
  | 'PROJECT'
  /** What is made with one API key, and with tokens it made. */
  | 'KEY'
  /** What one subject makes. */
  | 'SUBJECT';

/** How often it renews. */
export type BudgetPeriod =
  /** From midnight to midnight, in UTC. */
  | 'DAY'
  /** A month of the calendar, in UTC. */
  | 'MONTH';

/** What to tell apart. Default: nothing, which gives one sum. */
export type UsageGroup =
  /** The day on which they were accepted, in UTC. */
  | 'DAY'
  /** Which model made them. */
  | 'MODEL'
  /** Which key they were made with, or with a token of which. */
  | 'KEY'
  /** Whose they are. */
  | 'SUBJECT';

/** What a webhook can be told of. */
export type WebhookEvent =
  /** A video is completed: `video.completed`. */
  | 'VIDEO_COMPLETED'
  /** A video has failed: `video.failed`. */
  | 'VIDEO_FAILED'
  /** A video was canceled: `video.canceled`. */
  | 'VIDEO_CANCELED'
  /** Any of the others. The payload says which; none is ever sent as `video.finished`. */
  | 'VIDEO_FINISHED';

/** Where the delivery is on its way. */
export type WebhookDeliveryStatus =
  /** It is being sent, or will be again. */
  | 'PENDING'
  /** The receiver answered 2xx. */
  | 'DELIVERED'
  /** Given up: after two days, or since the receiver said 410. `redeliverWebhook` tries it again. */
  | 'FAILED';

/** Why it was switched off; its deliveries tell more. Null unless it was. */
export type WebhookDisabledReason =
  /** Every attempt failed for three days. */
  | 'FAILING'
  /** The receiver answered 410: it wants no more. */
  | 'GONE';

/** Why it failed: a stable code. Null where it was delivered. */
export type WebhookErrorCode =
  /** The receiver answered with a status other than 2xx. It is tried again later. */
  | 'BAD_STATUS'
  /** The receiver answered 410: it wants no more of this. Not tried again; a webhook is switched off. */
  | 'GONE'
  /** The receiver redirects, which is not followed: give the address it redirects to. It is tried again later. */
  | 'REDIRECTED'
  /** The receiver's host is at a private, loopback or link-local address. It is tried again later; whoever runs the gateway can allow private and loopback ones with `REELWIRE_ALLOW_PRIVATE_ADDRESSES`. */
  | 'ADDRESS_NOT_ALLOWED'
  /** The name was not found, the connection was refused, or no HTTP answer came of it. It is tried again later. */
  | 'UNREACHABLE'
  /** The receiver did not answer in time. It is tried again later. */
  | 'TIMED_OUT';

/** Whom an access token is for, and what it allows; null means the same as leaving a field out. */
export interface CreateAccessTokenInput {
  /** The user of yours that the token is for, by any id you like: it sees and changes what this subject made. 1 to 255 characters. May be left out where `videoIds` is given. */
  readonly subject?: InputMaybe<Scalars['String']['input']>;
  /** What the token is to allow, all of which the key that makes it must allow. Default: both; `VIDEOS_READ` alone where `videoIds` is given, or no subject. Who may create may also cancel what the token sees. */
  readonly scopes?: InputMaybe<ReadonlyArray<TokenScope>>;
  /** The only videos that the token is to see, of whatever subject: 1 to 100 ids. Default: all of its subject's. */
  readonly videoIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** How long the token is to be valid, in seconds: 1 to 86,400. Default: 3,600, an hour. */
  readonly expiresInSeconds?: InputMaybe<Scalars['Int']['input']>;
}

/** What to make a video of. Only `prompt` is required; null means the same as leaving a field out. */
export interface CreateVideoInput {
  /** What the video should show: scene, subject, action, mood. At most 20,000 characters. */
  readonly prompt: Scalars['String']['input'];
  /** Which model makes the video; `models` lists them. Default: `google/veo-3.1-lite-generate-001`. */
  readonly model?: InputMaybe<Scalars['String']['input']>;
  /** The image the video begins with: the address of an image uploaded to the gateway, any other `http(s)` address that the upstream can fetch, or a base64 `data:` URI of at most 10 MiB. 720p or larger is best. */
  readonly imageUrl?: InputMaybe<Scalars['String']['input']>;
  /** The image the video ends with, given as the first frame is. */
  readonly lastImageUrl?: InputMaybe<Scalars['String']['input']>;
  /** Landscape (16:9) or portrait (9:16). Left out, the upstream chooses. */
  readonly aspectRatio?: InputMaybe<AspectRatio>;
  /** Pixels on the short side: 720 or 1080. Default: 720. */
  readonly resolution?: InputMaybe<Resolution>;
  /** How long the video is, in seconds: 4, 6 or 8. Default: 8. */
  readonly durationSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** Whether the video has sound. Default: true. */
  readonly generateAudio?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether adults may appear in the video. Default: they may. */
  readonly personGeneration?: InputMaybe<PersonGeneration>;
  /** Makes it safe to send the same request again: the same key with the same input returns the same video, and nothing is paid for twice. With another input it is an error. 1 to 255 characters. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Your own id for the video, to find it again by. Unique among your videos. 1 to 255 characters. */
  readonly externalId?: InputMaybe<Scalars['String']['input']>;
  /** The most that the video may cost, in US dollars, by its price beforehand: nothing is made for more, nor where the price is not known. Greater than 0, at most 1,000,000. Default: no limit. */
  readonly maxUsd?: InputMaybe<Scalars['Float']['input']>;
  /** An http(s) address that is sent a POST when the video is finished, signed with the project's secret. The same idempotency key with another address adds that one. It must be a public address, unless the gateway allows others. */
  readonly callbackUrl?: InputMaybe<Scalars['String']['input']>;
}

/** Which videos to list. All that is given must hold; null means the same as leaving it out. */
export interface VideoFilter {
  /** Only videos in one of these statuses. */
  readonly status?: InputMaybe<ReadonlyArray<VideoStatus>>;
  /** Only the video with this external id. */
  readonly externalId?: InputMaybe<Scalars['String']['input']>;
  /** Only the video that was made with this idempotency key. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Only videos whose prompt or external id contains this text, in whatever case. 1 to 200 characters. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  /** Only videos created later than this. */
  readonly createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only videos created earlier than this. */
  readonly createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
}

/** A budget to be made, or to take the place of the one of the same kind, target and period. */
export interface SetBudgetInput {
  /** What it is a budget of. */
  readonly kind: BudgetKind;
  /** The id of the key, or the subject. Null: the whole project where it is the project's, otherwise each key, or each subject, by itself. */
  readonly target?: InputMaybe<Scalars['String']['input']>;
  /** How often it renews. */
  readonly period: BudgetPeriod;
  /** The most that may be spent in each period, in US dollars: 0 to 1,000,000. */
  readonly limitUsd: Scalars['Float']['input'];
}

/** Of which videos to be told; null means the same as leaving a field out. */
export interface WebhookFilterInput {
  /** Only videos of this model. */
  readonly model?: InputMaybe<Scalars['String']['input']>;
  /** Only videos whose external id begins so. 1 to 255 characters. */
  readonly externalIdPrefix?: InputMaybe<Scalars['String']['input']>;
  /** Only videos of this subject, for who sees those of all. */
  readonly subject?: InputMaybe<Scalars['String']['input']>;
}

/** What to send where. */
export interface CreateWebhookInput {
  /** The http(s) address that is sent a POST. It must be a public one, unless the gateway allows others. */
  readonly url: Scalars['String']['input'];
  /** What to be told of: at least one. `VIDEO_FINISHED` is any of the others. */
  readonly events: ReadonlyArray<WebhookEvent>;
  /** Of which videos. Everything given must hold. Default: all that you may see. */
  readonly filter?: InputMaybe<WebhookFilterInput>;
}

/** What a key is made of; null means the same as leaving a field out. */
export interface CreateApiKeyInput {
  /** What people know the key by: what it is for, and where it is kept. 1 to 100 characters. */
  readonly name: Scalars['String']['input'];
  /** What the key is to allow: at least one. */
  readonly scopes: ReadonlyArray<Scope>;
  /** When the key is to end by itself. Default: never. */
  readonly expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
}

/** Anything that has an id of its own, by which `node` finds it again. */
export interface Node {
  /** Identifies it everywhere. */
  readonly id: Scalars['ID']['output'];
}

/** Why a video failed. */
export interface VideoError {
  /** A stable code for programs; the documentation lists all of them. */
  readonly code: VideoErrorCode;
  /** What went wrong, for people. */
  readonly message: Scalars['String']['output'];
  /** Whether the same request, sent as a new video, may succeed. */
  readonly retryable: Scalars['Boolean']['output'];
  /** Whether the upstream charges for the failed video. Null where that cannot be known. */
  readonly billed: Maybe<Scalars['Boolean']['output']>;
}

/** An estimate of how far the generation is, since the upstream reports none. Null once failed or canceled. */
export interface VideoProgress {
  /** From 0 to 1; an estimate from the time gone by, below 1 until the video is completed. */
  readonly fraction: Scalars['Float']['output'];
  /** When the video will probably be finished. Null once it is. */
  readonly estimatedCompletionAt: Maybe<Scalars['DateTime']['output']>;
}

/** What the video costs. */
export interface VideoCost {
  /** What the catalogue's price said at creation, in US dollars. Null when no price was known. */
  readonly estimatedUsd: Maybe<Scalars['Float']['output']>;
  /** What the upstream reported to have charged, in US dollars. Null until it reports. */
  readonly chargedUsd: Maybe<Scalars['Float']['output']>;
  /** The upstream's own unit of the charge. Null until it reports. */
  readonly credits: Maybe<Scalars['Float']['output']>;
}

/** One video: what was asked for, and where it is. */
export interface Video extends Node {
  /** Identifies the video everywhere: in GraphQL, in React and in file addresses. */
  readonly id: Scalars['ID']['output'];
  /** What the video should show: scene, subject, action, mood. At most 20,000 characters. */
  readonly prompt: Scalars['String']['output'];
  /** Which model makes the video; `models` lists them. Default: `google/veo-3.1-lite-generate-001`. */
  readonly model: Scalars['String']['output'];
  /** The image the video begins with: the address of an image uploaded to the gateway, any other `http(s)` address that the upstream can fetch, or a base64 `data:` URI of at most 10 MiB. 720p or larger is best. */
  readonly imageUrl: Maybe<Scalars['String']['output']>;
  /** The image the video ends with, given as the first frame is. */
  readonly lastImageUrl: Maybe<Scalars['String']['output']>;
  /** Landscape (16:9) or portrait (9:16). Left out, the upstream chooses. */
  readonly aspectRatio: Maybe<AspectRatio>;
  /** Pixels on the short side: 720 or 1080. Default: 720. */
  readonly resolution: Resolution;
  /** How long the video is, in seconds: 4, 6 or 8. Default: 8. */
  readonly durationSeconds: Scalars['Int']['output'];
  /** Whether the video has sound. Default: true. */
  readonly generateAudio: Scalars['Boolean']['output'];
  /** Whether adults may appear in the video. Default: they may. */
  readonly personGeneration: PersonGeneration;
  /** Makes it safe to send the same request again: the same key with the same input returns the same video, and nothing is paid for twice. With another input it is an error. 1 to 255 characters. */
  readonly idempotencyKey: Maybe<Scalars['String']['output']>;
  /** Your own id for the video, to find it again by. Unique among your videos. 1 to 255 characters. */
  readonly externalId: Maybe<Scalars['String']['output']>;
  /** Where the video is on its way. */
  readonly status: VideoStatus;
  /** Counts the durable changes, from 1. Pass the last one you saw as `afterVersion` to resume `videoStatus` without missing any. */
  readonly version: Scalars['Int']['output'];
  /** Why the video has not been sent upstream yet. Null when nothing holds it up, and while many others have their turn before it. */
  readonly waitingReason: Maybe<WaitingReason>;
  /** The finished file, at an address of the gateway's that stays the same while the video exists: fit for `<video src>`. Whoever has the address can see the file. Null until completed. */
  readonly url: Maybe<Scalars['String']['output']>;
  /** The video's page in the gateway's studio, for people: its history, its cost and the file. */
  readonly studioUrl: Scalars['String']['output'];
  /** The upstream's own address of the file. It may expire; prefer `url`. */
  readonly sourceUrl: Maybe<Scalars['String']['output']>;
  /** Why the video failed. Null unless it did. */
  readonly error: Maybe<VideoError>;
  /** An estimate of how far the generation is, since the upstream reports none. Null once failed or canceled. */
  readonly progress: Maybe<VideoProgress>;
  /** What the video costs. */
  readonly cost: VideoCost;
  /** The upstream's id, for its support and its ledger. Null until it accepted. */
  readonly generationId: Maybe<Scalars['String']['output']>;
  /** When `createVideo` accepted it. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it was last sent upstream. Null until then. */
  readonly submittedAt: Maybe<Scalars['DateTime']['output']>;
  /** When the upstream last answered about it. Null until then. */
  readonly lastCheckedAt: Maybe<Scalars['DateTime']['output']>;
  /** When it was completed, failed or canceled. Null until then. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** When `version` last rose. */
  readonly updatedAt: Scalars['DateTime']['output'];
}

/** A token for a browser, or whatever else is to see only some videos and only for a while. */
export interface AccessToken {
  /** The token: a JWT, to be sent as `Authorization: Bearer`, or as `token` in a websocket's `connectionParams`. It is kept nowhere. */
  readonly token: Scalars['String']['output'];
  /** When it ends: no later than the key that made it. */
  readonly expiresAt: Scalars['DateTime']['output'];
}

/** The video that was accepted. */
export interface CreateVideoPayload {
  /** Saved, and on its way: watch it with `videoStatus`. */
  readonly video: Video;
  /** True when the idempotency key was used before: this is the video made then, and no other is made. */
  readonly reused: Scalars['Boolean']['output'];
  /** For who may make videos and not see this one: a token by which just this video can be seen and watched, for an hour. Null for everybody else. */
  readonly accessToken: Maybe<AccessToken>;
}

/** The video that was canceled. */
export interface CancelVideoPayload {
  /** Now `CANCELED`. */
  readonly video: Video;
  /** False when nothing had been sent upstream, so that nothing is charged. Otherwise we stop looking, and the upstream, which cannot cancel, may finish and charge. */
  readonly upstreamMayStillCharge: Scalars['Boolean']['output'];
}

/** A model that makes videos, and what it takes. */
export interface Model {
  /** Give it as `model`. */
  readonly id: Scalars['String']['output'];
  /** What people call it. */
  readonly name: Scalars['String']['output'];
  /** Other spellings of its id that are accepted. */
  readonly aliases: ReadonlyArray<Scalars['String']['output']>;
  /** Whether it is the one that is used when `model` is left out. */
  readonly isDefault: Scalars['Boolean']['output'];
  /** Whether the gateway's built-in emulator stands in for the upstream: the videos are drawings, and no money is spent, whatever costs and usage say. */
  readonly isEmulated: Scalars['Boolean']['output'];
  /** The aspect ratios that can be asked for. */
  readonly aspectRatios: ReadonlyArray<AspectRatio>;
  /** The resolutions that can be asked for. */
  readonly resolutions: ReadonlyArray<Resolution>;
  /** The lengths that can be asked for, in seconds. */
  readonly durationsSeconds: ReadonlyArray<Scalars['Int']['output']>;
  /** What can be chosen about people. */
  readonly personGenerations: ReadonlyArray<PersonGeneration>;
  /** Longest prompt, in characters (UTF-16 code units). */
  readonly maxPromptCharacters: Scalars['Int']['output'];
  /** Largest image in a `data:` URI, in decoded bytes. */
  readonly maxImageBytes: Scalars['Int']['output'];
}

/** What the price is based on. */
export interface QuoteBasis {
  /** How the upstream's catalogue prices the model. */
  readonly kind: PriceKind;
  /** The rate that applies: so many US dollars for every `per` units. Null where there is none. */
  readonly price: Maybe<Scalars['Float']['output']>;
  /** What is counted, as the catalogue calls it: `second`, `video` and the like. Null where there is no rate. */
  readonly unit: Maybe<Scalars['String']['output']>;
  /** How many units the rate is for. Null where there is no rate. */
  readonly per: Maybe<Scalars['Float']['output']>;
  /** How many units the video would be. Null where there is no rate, or its unit is not known here. */
  readonly units: Maybe<Scalars['Float']['output']>;
  /** When the catalogue last said so. Null where it did not. */
  readonly asOf: Maybe<Scalars['DateTime']['output']>;
}

/** What a video would cost. */
export interface Quote {
  /** What the video would cost, in US dollars. Null when it is not known beforehand; `basis` says why. */
  readonly usd: Maybe<Scalars['Float']['output']>;
  /** What the price is based on. */
  readonly basis: QuoteBasis;
}

/** What a group of videos came to. */
export interface Usage {
  /** The day on which they were accepted, by its midnight in UTC. Null unless grouped by `DAY`. */
  readonly day: Maybe<Scalars['DateTime']['output']>;
  /** Which model made them. Null unless grouped by `MODEL`. */
  readonly model: Maybe<Scalars['String']['output']>;
  /** Id of the key they were made with, or with a token of which. Null unless grouped by `KEY`, and where there was none. */
  readonly keyId: Maybe<Scalars['ID']['output']>;
  /** Whose they are. Null unless grouped by `SUBJECT`, and where a key made them itself. */
  readonly subject: Maybe<Scalars['String']['output']>;
  /** How many were accepted, whatever became of them. */
  readonly videos: Scalars['Int']['output'];
  /** How many of them are completed. */
  readonly completed: Scalars['Int']['output'];
  /** Length of the completed ones together, in seconds. */
  readonly seconds: Scalars['Float']['output'];
  /** What they have cost, as far as is known, in US dollars. */
  readonly spentUsd: Scalars['Float']['output'];
  /** What is held, at their prices, for those of which it is not known yet, in US dollars. */
  readonly heldUsd: Scalars['Float']['output'];
}

/** The most that may be spent in a day or a month, and how much of it is. */
export interface Budget {
  /** Identifies the budget. */
  readonly id: Scalars['ID']['output'];
  /** What it is a budget of. */
  readonly kind: BudgetKind;
  /** The id of the key, or the subject. Null: the whole project where it is the project's, otherwise each key, or each subject, by itself. */
  readonly target: Maybe<Scalars['String']['output']>;
  /** How often it renews. */
  readonly period: BudgetPeriod;
  /** The most that may be spent in each period, in US dollars: 0 to 1,000,000. */
  readonly limitUsd: Scalars['Float']['output'];
  /** What the videos accepted in this period have cost, or hold until it is known, in US dollars. Null where it is of each key or subject by itself. */
  readonly usedUsd: Maybe<Scalars['Float']['output']>;
  /** When the next period begins: at midnight, or the first midnight of the month, in UTC. */
  readonly renewsAt: Scalars['DateTime']['output'];
}

/** The budget that holds now. */
export interface SetBudgetPayload {
  /** As it is now. */
  readonly budget: Budget;
}

/** The budget that no longer holds. */
export interface RemoveBudgetPayload {
  /** As it was last. */
  readonly budget: Budget;
}

/** One POST to a receiver. */
export interface WebhookAttempt {
  /** Counts the attempts, from 1. */
  readonly number: Scalars['Int']['output'];
  /** When it began. */
  readonly at: Scalars['DateTime']['output'];
  /** How long it took, in milliseconds. */
  readonly durationMs: Scalars['Int']['output'];
  /** The HTTP status that the receiver answered. Null where none came. */
  readonly statusCode: Maybe<Scalars['Int']['output']>;
  /** Why it failed: a stable code. Null where it was delivered. */
  readonly errorCode: Maybe<WebhookErrorCode>;
  /** What went wrong, for people. Null where it was delivered. */
  readonly errorMessage: Maybe<Scalars['String']['output']>;
  /** The beginning of what the receiver answered, at most 1,000 characters. Null where it answered nothing. */
  readonly responseBody: Maybe<Scalars['String']['output']>;
}

/** One thing to be told to one receiver, and every attempt to. */
export interface WebhookDelivery {
  /** Identifies the delivery: its `webhook-id`, the same at every attempt. */
  readonly id: Scalars['ID']['output'];
  /** The webhook it is of. Null: it is sent to a `callbackUrl`. */
  readonly webhookId: Maybe<Scalars['ID']['output']>;
  /** Where it is sent. */
  readonly url: Scalars['String']['output'];
  /** What it tells of. */
  readonly event: WebhookEvent;
  /** The video it tells of. */
  readonly videoId: Scalars['ID']['output'];
  /** Where the delivery is on its way. */
  readonly status: WebhookDeliveryStatus;
  /** When there was something to tell: in one with the video's end. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it is tried again, or about when. Null unless it is `PENDING`. */
  readonly nextAttemptAt: Maybe<Scalars['DateTime']['output']>;
  /** When it was delivered or given up. Null while it is `PENDING`. */
  readonly finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** Every attempt, in order. */
  readonly attempts: ReadonlyArray<WebhookAttempt>;
}

/** The delivery that is tried again. */
export interface RedeliverWebhookPayload {
  /** `PENDING` once more. */
  readonly delivery: WebhookDelivery;
}

/** Of which videos a webhook is told. What is null is any. */
export interface WebhookFilter {
  /** Only videos of this model. */
  readonly model: Maybe<Scalars['String']['output']>;
  /** Only videos whose external id begins so. 1 to 255 characters. */
  readonly externalIdPrefix: Maybe<Scalars['String']['output']>;
  /** Only videos of this subject, for who sees those of all. */
  readonly subject: Maybe<Scalars['String']['output']>;
}

/** An address of yours that is told how videos end. */
export interface Webhook {
  /** Identifies the webhook. */
  readonly id: Scalars['ID']['output'];
  /** The http(s) address that is sent a POST. It must be a public one, unless the gateway allows others. */
  readonly url: Scalars['String']['output'];
  /** What to be told of: at least one. `VIDEO_FINISHED` is any of the others. */
  readonly events: ReadonlyArray<WebhookEvent>;
  /** Of which videos. Everything given must hold. Default: all that you may see. */
  readonly filter: WebhookFilter;
  /** When it was made. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** Since when every attempt to deliver to it has failed. Null while it works, or was never tried. */
  readonly failingSince: Maybe<Scalars['DateTime']['output']>;
  /** When it was switched off: nothing is sent to it since. Null unless it was. */
  readonly disabledAt: Maybe<Scalars['DateTime']['output']>;
  /** Why it was switched off; its deliveries tell more. Null unless it was. */
  readonly disabledReason: Maybe<WebhookDisabledReason>;
  /** What was sent to it, or is about to be: the newest first. */
  readonly deliveries: ReadonlyArray<WebhookDelivery>;
}


/** An address of yours that is told how videos end. */
export interface WebhookDeliveriesArgs {
  first?: InputMaybe<Scalars['Int']['input']>;
}

/** The webhook that was made. */
export interface CreateWebhookPayload {
  /** It is told of every video that ends from now on. */
  readonly webhook: Webhook;
  /** What deliveries are signed with, as Standard Webhooks says: `verifyWebhook` of `@reelwire/core/webhooks` takes it. Keep it as a password. */
  readonly secret: Scalars['String']['output'];
  /** True when there was a webhook of the same input already: this is it, and no other is made. */
  readonly reused: Scalars['Boolean']['output'];
}

/** The webhook that is no more. */
export interface DeleteWebhookPayload {
  /** As it was last. */
  readonly webhook: Webhook;
}

/** The webhook that is switched on. */
export interface EnableWebhookPayload {
  /** It has no `disabledAt` now. */
  readonly webhook: Webhook;
}

/** A new secret. */
export interface RotateWebhookSecretPayload {
  /** What deliveries are signed with, as Standard Webhooks says: `verifyWebhook` of `@reelwire/core/webhooks` takes it. Keep it as a password. */
  readonly secret: Scalars['String']['output'];
  /** Until when deliveries are signed with the secret before as well. Null where there was none. */
  readonly previousSecretUntil: Maybe<Scalars['DateTime']['output']>;
}

/** A credential of a server's, without its secret. */
export interface ApiKey {
  /** Identifies the key. It is no secret, and no credential. */
  readonly id: Scalars['ID']['output'];
  /** What people know the key by. */
  readonly name: Scalars['String']['output'];
  /** What the key allows. */
  readonly scopes: ReadonlyArray<Scope>;
  /** Id of the key that made it. Null when it was made on the command line, or before there was any key. */
  readonly createdBy: Maybe<Scalars['ID']['output']>;
  /** When it was made. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it ends, or ended, by itself. Null: never. */
  readonly expiresAt: Maybe<Scalars['DateTime']['output']>;
  /** When it was revoked. Null unless it was. */
  readonly revokedAt: Maybe<Scalars['DateTime']['output']>;
  /** When something was last done with it, or with a token it made; right to the minute. Null: never. */
  readonly lastUsedAt: Maybe<Scalars['DateTime']['output']>;
}

/** The key that was made. */
export interface CreateApiKeyPayload {
  /** What is kept of it. */
  readonly apiKey: ApiKey;
  /** The key itself, to be sent as `Authorization: Bearer`. It is shown here and never again. */
  readonly secret: Scalars['String']['output'];
}

/** The key that was revoked. */
export interface RevokeApiKeyPayload {
  /** It has a `revokedAt` now. */
  readonly apiKey: ApiKey;
}

/** What holds for the websocket from now on. */
export interface RenewAccessPayload {
  /** When the new credential ends, and the websocket with it unless it is renewed; null when it has no end. */
  readonly expiresAt: Maybe<Scalars['DateTime']['output']>;
}

/** A video in a list, and its place there. */
export interface VideoEdge {
  /** The video itself. */
  readonly node: Video;
  /** Where this video is in the list: give it as `after` or `before`. */
  readonly cursor: Scalars['String']['output'];
}

/** Where a page of a list begins and ends, and whether there is more. */
export interface PageInfo {
  /** Whether there is more after this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether there is something before this page. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first item; give it as `before`. Null when the page is empty. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
  /** Cursor of the last item; give it as `after`. Null when the page is empty. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
}

/** A page of videos. */
export interface VideoConnection {
  /** Whether there is more, and where it begins. */
  readonly pageInfo: PageInfo;
  /** The videos of this page, each with its cursor. */
  readonly edges: ReadonlyArray<VideoEdge>;
  /** The videos of this page, where their cursors are not needed. */
  readonly nodes: ReadonlyArray<Video>;
}

/** What can be asked. */
export interface Query {
  /** Whatever has this id; null when there is no such thing, or it is not yours. Needs `VIDEOS_READ`. */
  readonly node: Maybe<Node>;
  /** Whatever has these ids, in their order, null in place of what there is not. At most 100 ids. Needs `VIDEOS_READ`. */
  readonly nodes: ReadonlyArray<Maybe<Node>>;
  /** The video with this id; null when there is no such video, or it is not yours. Needs `VIDEOS_READ`. */
  readonly video: Maybe<Video>;
  /** The videos you may see, the newest first, a page at a time: 20 unless `first` or `last` says otherwise, at most 100. Errors: `BAD_INPUT`. Needs `VIDEOS_READ`. */
  readonly videos: VideoConnection;
  /** What videos can be asked of, the default first. Needs any valid credential. */
  readonly models: ReadonlyArray<Model>;
  /** What a video would cost, as the upstream's catalogue says. Nothing is made, and no price is reserved: `maxUsd` holds `createVideo` to one. Errors: `BAD_INPUT`. Needs `VIDEOS_CREATE` or `VIDEOS_READ`. */
  readonly quoteVideo: Quote;
  /** What the videos you may see came to: with a key those of the project, with an access token those of its subject. Errors: `BAD_INPUT`. Needs `VIDEOS_READ`. */
  readonly usage: ReadonlyArray<Usage>;
  /** The budgets of the project, with what is used of them. Needs `ADMIN`. */
  readonly budgets: ReadonlyArray<Budget>;
  /** What was sent to webhooks and callbacks, or is about to be: the newest first. All that is given must hold; null means the same as leaving it out. Errors: `BAD_INPUT`. Needs `WEBHOOKS`. */
  readonly webhookDeliveries: ReadonlyArray<WebhookDelivery>;
  /** The webhooks you may see, the newest first; those that were switched off too. Needs `WEBHOOKS`. */
  readonly webhooks: ReadonlyArray<Webhook>;
  /** The webhook with this id; null when there is no such webhook, or it is not yours. Needs `WEBHOOKS`. */
  readonly webhook: Maybe<Webhook>;
  /** The keys of the project, the newest first; those that have ended too. Needs `ADMIN`. */
  readonly apiKeys: ReadonlyArray<ApiKey>;
}


/** What can be asked. */
export interface QueryNodeArgs {
  id: Scalars['ID']['input'];
}


/** What can be asked. */
export interface QueryNodesArgs {
  ids: ReadonlyArray<Scalars['ID']['input']>;
}


/** What can be asked. */
export interface QueryVideoArgs {
  id: Scalars['ID']['input'];
}


/** What can be asked. */
export interface QueryVideosArgs {
  filter?: InputMaybe<VideoFilter>;
  before?: InputMaybe<Scalars['String']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
}


/** What can be asked. */
export interface QueryQuoteVideoArgs {
  input: CreateVideoInput;
}


/** What can be asked. */
export interface QueryUsageArgs {
  from: Scalars['DateTime']['input'];
  to: Scalars['DateTime']['input'];
  groupBy?: ReadonlyArray<UsageGroup>;
}


/** What can be asked. */
export interface QueryWebhookDeliveriesArgs {
  webhookId?: InputMaybe<Scalars['ID']['input']>;
  videoId?: InputMaybe<Scalars['ID']['input']>;
  status?: InputMaybe<WebhookDeliveryStatus>;
  first?: InputMaybe<Scalars['Int']['input']>;
}


/** What can be asked. */
export interface QueryWebhookArgs {
  id: Scalars['ID']['input'];
}

/** What can be done. */
export interface Mutation {
  /** Makes an access token, on behalf of the API key that asks: the token allows no more, and ends with it. For your server, to give to a browser. Errors: `BAD_INPUT`, `FORBIDDEN`. Needs an API key. */
  readonly createAccessToken: AccessToken;
  /** Asks for a video, one in an operation. It answers as soon as the video is saved, and from then on the video is carried to its end whatever happens. Errors: `BAD_INPUT`, `IDEMPOTENCY_CONFLICT`, `EXTERNAL_ID_TAKEN`, `PRICE_TOO_HIGH`, `PRICE_UNKNOWN`, `BUDGET_EXCEEDED`, `RATE_LIMITED`, `TOO_MANY_WEBHOOKS`. Needs `VIDEOS_CREATE`. */
  readonly createVideo: CreateVideoPayload;
  /** Ends a video that is not finished. Canceling it again answers the same. Errors: `NOT_FOUND`, `VIDEO_ALREADY_FINISHED`. Needs `VIDEOS_CREATE`. */
  readonly cancelVideo: CancelVideoPayload;
  /** Limits what may be spent. What was spent in the current period before counts. A video that would pass a limit is refused with `BUDGET_EXCEEDED`; those accepted already are carried on. Errors: `BAD_INPUT`. Needs `ADMIN`. */
  readonly setBudget: SetBudgetPayload;
  /** Ends a budget of the project. Errors: `NOT_FOUND`. Needs `ADMIN`. */
  readonly removeBudget: RemoveBudgetPayload;
  /** Tries a delivery again, at once, whatever became of it, and for two days if need be. Errors: `NOT_FOUND`. Needs `WEBHOOKS`. */
  readonly redeliverWebhook: RedeliverWebhookPayload;
  /** Has an address be told how videos end, by a signed POST. The same input again gives the same webhook and its secret. Errors: `BAD_INPUT`, `TOO_MANY_WEBHOOKS`. Needs `WEBHOOKS`. */
  readonly createWebhook: CreateWebhookPayload;
  /** Ends a webhook. What is on its way to it is not sent any more. Errors: `NOT_FOUND`. Needs `WEBHOOKS`. */
  readonly deleteWebhook: DeleteWebhookPayload;
  /** Switches a webhook on again that was switched off. What it missed is not sent by that: `redeliverWebhook` does it. Errors: `NOT_FOUND`. Needs `WEBHOOKS`. */
  readonly enableWebhook: EnableWebhookPayload;
  /** Makes a new secret, one in an operation. For a day deliveries are signed with the one before as well. Errors: `NOT_FOUND`, `FORBIDDEN`. Needs `WEBHOOKS`. */
  readonly rotateWebhookSecret: RotateWebhookSecretPayload;
  /** Makes a key of the same project, one in an operation. As soon as there ever was one, everybody is asked for a credential. Errors: `BAD_INPUT`. Needs `ADMIN`. */
  readonly createApiKey: CreateApiKeyPayload;
  /** Ends a key of the project, and every token it made, on every node at once. Revoking it again answers the same. Errors: `NOT_FOUND`. Needs `ADMIN`. */
  readonly revokeApiKey: RevokeApiKeyPayload;
  /** Puts a new credential in the place of the one that this websocket was opened with, so that it stays open and its subscriptions go on. The new one must be of the same project and subject, and allow and see at least as much. Over HTTP it is `BAD_INPUT`: send the new credential there. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `BAD_INPUT`; nothing has changed then. Needs any valid credential. */
  readonly renewAccess: RenewAccessPayload;
}


/** What can be done. */
export interface MutationCreateAccessTokenArgs {
  input: CreateAccessTokenInput;
}


/** What can be done. */
export interface MutationCreateVideoArgs {
  input: CreateVideoInput;
}


/** What can be done. */
export interface MutationCancelVideoArgs {
  id: Scalars['ID']['input'];
}


/** What can be done. */
export interface MutationSetBudgetArgs {
  input: SetBudgetInput;
}


/** What can be done. */
export interface MutationRemoveBudgetArgs {
  id: Scalars['ID']['input'];
}


/** What can be done. */
export interface MutationRedeliverWebhookArgs {
  id: Scalars['ID']['input'];
}


/** What can be done. */
export interface MutationCreateWebhookArgs {
  input: CreateWebhookInput;
}


/** What can be done. */
export interface MutationDeleteWebhookArgs {
  id: Scalars['ID']['input'];
}


/** What can be done. */
export interface MutationEnableWebhookArgs {
  id: Scalars['ID']['input'];
}


/** What can be done. */
export interface MutationRotateWebhookSecretArgs {
  id?: InputMaybe<Scalars['ID']['input']>;
}


/** What can be done. */
export interface MutationCreateApiKeyArgs {
  input: CreateApiKeyInput;
}


/** What can be done. */
export interface MutationRevokeApiKeyArgs {
  id: Scalars['ID']['input'];
}


/** What can be done. */
export interface MutationRenewAccessArgs {
  token: Scalars['String']['input'];
}

/** What can be watched, over a websocket. */
export interface Subscription {
  /** The video as it is now, then every later version in order, none skipped; it completes after the final one. A poll of the upstream that changed nothing comes as the same version with a newer `lastCheckedAt` and `progress`. Errors: `NOT_FOUND`, `BAD_INPUT`. Needs `VIDEOS_READ`. */
  readonly videoStatus: Video;
  /** Every video you may see, each time something about it changes, from now on. Nothing is replayed: after a reconnect read `videos` again. Needs `VIDEOS_READ`. */
  readonly videoActivity: Video;
}


/** What can be watched, over a websocket. */
export interface SubscriptionVideoStatusArgs {
  id: Scalars['ID']['input'];
  afterVersion?: InputMaybe<Scalars['Int']['input']>;
}
