/** How a field is shown to people: in the GraphQL schema and in forms alike. */
export interface Field {
  /** Title Case, for forms. */
  label: string;
  /** What it is, its unit and its default; complete sentences. */
  description: string;
  /** A typical value, as JSON. */
  sample: unknown;
}

/** What `createVideo` takes. */
export const createVideoFields = {
  prompt: {
    label: "Prompt",
    description: "What the video should show: scene, subject, action, mood. At most 20,000 characters.",
    sample: "A paper boat sails down a rainy street, close to the water, evening light",
  },
  model: {
    label: "Model",
    description: "Which model makes the video; `models` lists them. Default: `google/veo-3.1-lite-generate-001`.",
    sample: "google/veo-3.1-lite-generate-001",
  },
  imageUrl: {
    label: "First Frame",
    description:
      "The image the video begins with: the address of an image uploaded to the gateway, any other `http(s)` address that the upstream can fetch, or a base64 `data:` URI of at most 10 MiB. 720p or larger is best.",
    sample: "https://example.com/first.jpg",
  },
  lastImageUrl: {
    label: "Last Frame",
    description: "The image the video ends with, given as the first frame is.",
    sample: "https://example.com/last.jpg",
  },
  aspectRatio: {
    label: "Aspect Ratio",
    description: "Landscape (16:9) or portrait (9:16). Left out, the upstream chooses.",
    sample: "LANDSCAPE_16_9",
  },
  resolution: {
    label: "Resolution",
    description: "Pixels on the short side: 720 or 1080. Default: 720.",
    sample: "P720",
  },
  durationSeconds: {
    label: "Duration (Seconds)",
    description: "How long the video is, in seconds: 4, 6 or 8. Default: 8.",
    sample: 8,
  },
  generateAudio: { label: "Sound", description: "Whether the video has sound. Default: true.", sample: true },
  personGeneration: {
    label: "People",
    description: "Whether adults may appear in the video. Default: they may.",
    sample: "ALLOW_ADULT",
  },
  idempotencyKey: {
    label: "Idempotency Key",
    description:
      "Makes it safe to send the same request again: the same key with the same input returns the same video, and nothing is paid for twice. With another input it is an error. 1 to 255 characters.",
    sample: "order-1042-intro",
  },
  externalId: {
    label: "External ID",
    description: "Your own id for the video, to find it again by. Unique among your videos. 1 to 255 characters.",
    sample: "order-1042",
  },
  maxUsd: {
    label: "Maximum Price (USD)",
    description:
      "The most that the video may cost, in US dollars, by its price beforehand: nothing is made for more, nor where the price is not known. Greater than 0, at most 1,000,000. Default: no limit.",
    sample: 1,
  },
  callbackUrl: {
    label: "Callback URL",
    description:
      "An http(s) address that is sent a POST when the video is finished, signed with the project's secret. The same idempotency key with another address adds that one. It must be a public address, unless the gateway allows others.",
    sample: "https://example.com/callbacks/order-1042",
  },
} as const satisfies Record<string, Field>;

/** What `models` tells of each model. */
export const modelFields = {
  id: { label: "Model", description: "Give it as `model`.", sample: "google/veo-3.1-lite-generate-001" },
  name: { label: "Name", description: "What people call it.", sample: "Veo 3.1 Lite" },
  aliases: {
    label: "Aliases",
    description: "Other spellings of its id that are accepted.",
    sample: ["veo-3.1-lite-generate-001"],
  },
  isDefault: {
    label: "Is Default",
    description: "Whether it is the one that is used when `model` is left out.",
    sample: true,
  },
  isEmulated: {
    label: "Is Emulated",
    description:
      "Whether the gateway's built-in emulator stands in for the upstream: the videos are drawings, and no money is spent, whatever costs and usage say.",
    sample: false,
  },
  aspectRatios: {
    label: "Aspect Ratios",
    description: "The aspect ratios that can be asked for.",
    sample: ["LANDSCAPE_16_9", "PORTRAIT_9_16"],
  },
  resolutions: {
    label: "Resolutions",
    description: "The resolutions that can be asked for.",
    sample: ["P720", "P1080"],
  },
  durationsSeconds: {
    label: "Durations (Seconds)",
    description: "The lengths that can be asked for, in seconds.",
    sample: [4, 6, 8],
  },
  personGenerations: {
    label: "People",
    description: "What can be chosen about people.",
    sample: ["DONT_ALLOW", "ALLOW_ADULT"],
  },
  maxPromptCharacters: {
    label: "Longest Prompt",
    description: "Longest prompt, in characters (UTF-16 code units).",
    sample: 20_000,
  },
  maxImageBytes: {
    label: "Largest Image",
    description: "Largest image in a `data:` URI, in decoded bytes.",
    sample: 10_485_760,
  },
} as const satisfies Record<string, Field>;

/** What a video tells of itself besides what was asked for. */
export const videoFields = {
  id: {
    label: "Video ID",
    description: "Identifies the video everywhere: in GraphQL, in React and in file addresses.",
    sample: "video_01kaqg3v7hf0ctq9x2d3s8g4rn",
  },
  status: { label: "Status", description: "Where the video is on its way.", sample: "COMPLETED" },
  version: {
    label: "Version",
    description:
      "Counts the durable changes, from 1. Pass the last one you saw as `afterVersion` to resume `videoStatus` without missing any.",
    sample: 5,
  },
  waitingReason: {
    label: "Waiting Reason",
    description:
      "Why the video has not been sent upstream yet. Null when nothing holds it up, and while many others have their turn before it.",
    sample: null,
  },
  url: {
    label: "Video URL",
    description:
      "The finished file, at an address of the gateway's that stays the same while the video exists: fit for `<video src>`. Whoever has the address can see the file. Null until completed.",
    sample:
      "https://video.example.com/files/video_01kaqg3v7hf0ctq9x2d3s8g4rn.mp4?signature=fV2bQ0s9T1mYkq3nR7xJcAWd4hL6pZ8u",
  },
  studioUrl: {
    label: "Studio URL",
    description: "The video's page in the gateway's studio, for people: its history, its cost and the file.",
    sample: "https://video.example.com/videos/video_01kaqg3v7hf0ctq9x2d3s8g4rn",
  },
  sourceUrl: {
    label: "Source URL",
    description: "The upstream's own address of the file. It may expire; prefer `url`.",
    sample: "https://cdn.example.com/generations/1759866285599.mp4",
  },
  error: { label: "Error", description: "Why the video failed. Null unless it did.", sample: null },
  errorCode: {
    label: "Error Code",
    description: "A stable code for programs; the documentation lists all of them.",
    sample: "GENERATION_FAILED",
  },
  errorMessage: {
    label: "Error Message",
    description: "What went wrong, for people.",
    sample: "content_policy: The prompt was refused.",
  },
  errorRetryable: {
    label: "Error Is Retryable",
    description: "Whether the same request, sent as a new video, may succeed.",
    sample: false,
  },
  errorBilled: {
    label: "Error Was Billed",
    description: "Whether the upstream charges for the failed video. Null where that cannot be known.",
    sample: false,
  },
  progress: {
    label: "Progress",
    description:
      "An estimate of how far the generation is, since the upstream reports none. Null once failed or canceled.",
    sample: { fraction: 1, estimatedCompletionAt: null },
  },
  progressFraction: {
    label: "Progress Fraction",
    description: "From 0 to 1; an estimate from the time gone by, below 1 until the video is completed.",
    sample: 1,
  },
  estimatedCompletionAt: {
    label: "Estimated Completion",
    description: "When the video will probably be finished. Null once it is.",
    sample: null,
  },
  cost: {
    label: "Cost",
    description: "What the video costs.",
    sample: { estimatedUsd: 0.4, chargedUsd: 0.4, credits: 800_000 },
  },
  estimatedUsd: {
    label: "Estimated Cost (USD)",
    description: "What the catalogue's price said at creation, in US dollars. Null when no price was known.",
    sample: 0.4,
  },
  chargedUsd: {
    label: "Charged (USD)",
    description: "What the upstream reported to have charged, in US dollars. Null until it reports.",
    sample: 0.4,
  },
  credits: {
    label: "Credits",
    description: "The upstream's own unit of the charge. Null until it reports.",
    sample: 800_000,
  },
  generationId: {
    label: "Generation ID",
    description: "The upstream's id, for its support and its ledger. Null until it accepted.",
    sample: "99yQK3XQ6vTZyO9_kHzfS",
  },
  createdAt: {
    label: "Created At",
    description: "When `createVideo` accepted it.",
    sample: "2026-11-22T09:00:00.000Z",
  },
  submittedAt: {
    label: "Submitted At",
    description: "When it was last sent upstream. Null until then.",
    sample: "2026-11-22T09:00:00.040Z",
  },
  lastCheckedAt: {
    label: "Last Checked At",
    description: "When the upstream last answered about it. Null until then.",
    sample: "2026-11-22T09:00:58.100Z",
  },
  finishedAt: {
    label: "Finished At",
    description: "When it was completed, failed or canceled. Null until then.",
    sample: "2026-11-22T09:00:58.110Z",
  },
  updatedAt: { label: "Updated At", description: "When `version` last rose.", sample: "2026-11-22T09:00:58.110Z" },
} as const satisfies Record<string, Field>;

/** What each value of an enum means. */
export const enumValues = {
  AspectRatio: {
    LANDSCAPE_16_9: { label: "Landscape (16:9)", description: "Wider than high: 1280×720 or 1920×1080." },
    PORTRAIT_9_16: { label: "Portrait (9:16)", description: "Higher than wide: 720×1280 or 1080×1920." },
  },
  Resolution: {
    P720: { label: "720p", description: "720 pixels on the short side." },
    P1080: { label: "1080p", description: "1080 pixels on the short side." },
  },
  PersonGeneration: {
    DONT_ALLOW: { label: "No People", description: "No people appear." },
    ALLOW_ADULT: { label: "Adults", description: "Adults may appear." },
  },
  VideoStatus: {
    ACCEPTED: { label: "Accepted", description: "Saved; nothing has been sent upstream. See `waitingReason`." },
    SUBMITTING: { label: "Submitting", description: "The paid request may be under way." },
    UNCONFIRMED: {
      label: "Unconfirmed",
      description: "The upstream's answer was lost. It is being looked for, and not sent again blindly.",
    },
    QUEUED: { label: "Queued", description: "The upstream has accepted it and not begun." },
    GENERATING: { label: "Generating", description: "The upstream is making it." },
    COMPLETED: { label: "Completed", description: "Finished: `url` plays. Final." },
    FAILED: { label: "Failed", description: "Ended without a video; see `error`. Final." },
    CANCELED: { label: "Canceled", description: "Somebody canceled it. Final." },
  },
  WaitingReason: {
    RATE_LIMITED: {
      label: "Rate Limited",
      description: "The upstream takes no more for now. It is sent as soon as it does.",
    },
    CAPACITY_LIMITED: {
      label: "Capacity Limited",
      description: "The gateway's own limits on the upstream's use are used up. It is sent as soon as they allow.",
    },
    UPSTREAM_UNREACHABLE: {
      label: "Upstream Unreachable",
      description: "The upstream cannot be connected to. It is sent as soon as it can.",
    },
    UPSTREAM_ERROR: {
      label: "Upstream Error",
      description: "The upstream failed and is known not to have accepted it. It is sent again shortly.",
    },
  },
} as const satisfies Record<string, Record<string, { label: string; description: string }>>;
