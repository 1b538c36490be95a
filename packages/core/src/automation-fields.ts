import type { Field } from "./fields.ts";

/** What a connection to a gateway is made of. */
export const connectionFields = {
  url: {
    label: "Gateway Address",
    description:
      "Where your gateway answers, as its studio has it in the browser's address bar; with `/graphql` at its end it is the same. Zapier, and whatever else runs in a cloud, reaches public `https` addresses only.",
    sample: "https://video.example.com",
  },
  apiKey: {
    label: "API Key",
    description:
      "A key of the gateway's with the scopes `videos:create`, `videos:read` and `webhooks`: `rwk_` and what follows. Whoever runs the gateway makes one.",
    sample: "rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_kJ7wQe0v1XrT5uYb2Nn8mLc4dAfGhS6pZ9iOxRtVqEs",
  },
} as const satisfies Record<string, Field>;

/** What steps of automations ask for besides what `createVideo` takes. */
export const stepFields = {
  videoId: {
    label: "Video",
    description: "The video, by its id: `video_` and 26 characters.",
    sample: "video_01kaqg3v7hf0ctq9x2d3s8g4rn",
  },
  imageUrl: {
    label: "First Frame",
    description:
      "The image the video begins with: a file, or the address of one. PNG, JPEG or WebP, at least 720 pixels on its shorter side, at most 10 MiB.",
    sample: "https://example.com/first.jpg",
  },
  lastImageUrl: {
    label: "Last Frame",
    description: "The image the video ends with, given as the first frame is.",
    sample: "https://example.com/last.jpg",
  },
  sameInput: {
    label: "Same Input, Same Video",
    description:
      "Two runs of this Zap with the same input to the letter within 12 hours make **one** video between them, as when two people fill in a form alike: Zapier does not tell a replay, which must not be paid for again, from another run. If each run is to have a video of its own, put what differs into External ID or Idempotency Key, such as the id of the form's answer or of the row.",
    sample: null,
  },
  externalId: {
    label: "External ID",
    description:
      "Your own id for the video, to find it again by. Unique among your videos: where each run gives another, as the id of a form's answer or of a row, each run makes a video of its own. 1 to 255 characters.",
    sample: "order-1042",
  },
  idempotencyKey: {
    label: "Idempotency Key",
    description:
      "The same key with the same input always gives the same video, and another key another video. Left out, **all runs of this Zap with the same input within 12 hours give one video**, so that a replay is not paid for again. To make several of the same input, give each run a key of its own, such as the id of the form's answer or of the row. 1 to 255 characters.",
    sample: "order-1042-intro",
  },
  findById: {
    label: "Video ID",
    description: "The video's id. Give this or its external id.",
    sample: "video_01kaqg3v7hf0ctq9x2d3s8g4rn",
  },
  findByExternalId: {
    label: "External ID",
    description: "Your own id for the video, as it was given when the video was made.",
    sample: "order-1042",
  },
  status: {
    label: "Status",
    description: "Only videos in one of these statuses. Default: all.",
    sample: ["COMPLETED"],
  },
  search: {
    label: "Search",
    description:
      "Only videos whose prompt or external id contains this text, in whatever case. At most 200 characters.",
    sample: "paper boat",
  },
  createdAfter: {
    label: "Created After",
    description: "Only videos created later than this.",
    sample: "2026-11-22T09:00:00.000Z",
  },
  createdBefore: {
    label: "Created Before",
    description: "Only videos created earlier than this.",
    sample: "2026-11-23T09:00:00.000Z",
  },
  limit: {
    label: "Limit",
    description: "How many videos at most, the newest first: 1 to 100. Default: 20.",
    sample: 20,
  },
} as const satisfies Record<string, Field>;

/** What steps of automations give besides what a video tells of itself. */
export const stepOutputFields = {
  file: {
    label: "File",
    description: "The finished file itself, an MP4, for steps that take one. Empty until completed.",
    sample: "https://example.com/files/video_01kaqg3v7hf0ctq9x2d3s8g4rn.mp4",
  },
  reused: {
    label: "Was Made Before",
    description: "Whether the idempotency key was used before: this is the video made then, and no other is made.",
    sample: false,
  },
  count: { label: "Number of Videos", description: "How many there are in the list.", sample: 1 },
  upstreamMayStillCharge: {
    label: "May Still Be Charged",
    description: "Whether the upstream, which cannot cancel, may finish the canceled video and charge for it.",
    sample: false,
  },
} as const satisfies Record<string, Field>;

/** What automations can do with videos. */
export const automationSteps = {
  createVideo: {
    label: "Create Video",
    description: "Makes a video from a prompt, waits until it is finished, and gives its file.",
  },
  startVideo: {
    label: "Start Video",
    description: "Begins to make a video from a prompt, and does not wait until it is finished.",
  },
  cancelVideo: {
    label: "Cancel Video",
    description: "Ends a video that is not finished. What was sent upstream may be charged all the same.",
  },
  downloadVideo: {
    label: "Download Video File",
    description: "Gives the file of a finished video.",
  },
  findVideo: {
    label: "Find Video",
    description: "Finds a video by its id, or by your own id for it.",
  },
  listVideos: {
    label: "List Videos",
    description: "Finds the newest videos, by status, text or time.",
  },
} as const satisfies Record<string, { label: string; description: string }>;

/** What can begin an automation. */
export const automationTriggers = {
  videoCompleted: { label: "Video Completed", description: "Triggers when a video is completed." },
  videoFailed: { label: "Video Failed", description: "Triggers when a video has failed." },
  videoFinished: {
    label: "Video Finished",
    description: "Triggers when a video is finished: completed, failed or canceled.",
  },
} as const satisfies Record<string, { label: string; description: string }>;

/** How a step of n8n waits for a video that it makes. */
export const waitFields = {
  waitMode: {
    label: "Wait",
    description: "Whether the workflow goes on at once, or when the video is finished.",
    sample: "UNTIL_FINISHED",
  },
  deadlineMinutes: {
    label: "Wait at Most (Minutes)",
    description:
      "After so many minutes the workflow goes on with the video as it was when the waiting began: its status says that it is not finished, and the operation Get asks for it again. Default: 60.",
    sample: 60,
  },
} as const satisfies Record<string, Field>;

/** What each value of a choice that only automations have means. */
export const automationEnumValues = {
  WaitMode: {
    UNTIL_FINISHED: {
      label: "Until Finished",
      description:
        "The workflow sleeps, and is woken by the gateway when the video is finished. Nothing is held meanwhile.",
    },
    DO_NOT_WAIT: {
      label: "Do Not Wait",
      description: "The workflow goes on with a video that has only begun.",
    },
  },
} as const satisfies Record<string, Record<string, { label: string; description: string }>>;

/** Where files come from, and go to, in items that carry files beside their JSON. */
export const binaryFields = {
  imageField: {
    label: "First Frame From Field",
    description:
      "The input's field with the image file that the video begins with. It takes the place of the address of the first frame.",
    sample: "data",
  },
  lastImageField: {
    label: "Last Frame From Field",
    description:
      "The input's field with the image file that the video ends with. It takes the place of the address of the last frame.",
    sample: "data",
  },
  outputField: {
    label: "Put Output File in Field",
    description: "The output's field that the video file is put in, once it is completed. Default: `data`.",
    sample: "data",
  },
  downloadFile: {
    label: "Download File",
    description: "Whether the file of a completed video is given as well.",
    sample: true,
  },
} as const satisfies Record<string, Field>;
