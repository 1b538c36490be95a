/** A tab of GraphiQL as it is before anybody has written into it. */
export interface ExampleTab {
  query: string;
  variables?: string;
}

/** Stands for the video that was made last. */
export const SOME_VIDEO = "video_…";

const DAYS = 30;
const DAY_MS = 86_400_000;

const CREATE = `# Makes a video. Run it with Ctrl-Enter or the button, then watch it in the next tab.
mutation CreateVideo {
  createVideo(input: { prompt: "a paper boat on a rainy street", durationSeconds: 4 }) {
    video {
      id
      status
      cost {
        estimatedUsd
      }
    }
  }
}
`;

const WATCH = `# Tells the video as it is now, then every change, and ends after the last.
# The variable is the video that you made in the first tab.
subscription WatchVideo($id: ID!) {
  videoStatus(id: $id) {
    status
    version
    progress {
      fraction
      estimatedCompletionAt
    }
    url
    error {
      code
      message
      retryable
      billed
    }
  }
}
`;

const LIST = `# The videos that you may see, the newest first.
query ListVideos {
  videos(first: 10) {
    nodes {
      id
      prompt
      status
      url
      createdAt
      cost {
        chargedUsd
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const PRICE = `# What a video would cost. Nothing is made.
query QuoteVideo {
  quoteVideo(input: { prompt: "a paper boat on a rainy street", resolution: P1080, durationSeconds: 8 }) {
    usd
    basis {
      kind
      price
      per
      unit
    }
  }
}
`;

const USAGE = `# What the videos of the last ${DAYS} days came to, by day.
query Usage($from: DateTime!, $to: DateTime!) {
  usage(from: $from, to: $to, groupBy: [DAY]) {
    day
    videos
    completed
    spentUsd
  }
}
`;

const WEBHOOKS = `# Who is told how videos end, and what came of it.
# createWebhook(input: { url: "https://…", events: [VIDEO_FINISHED] }) { secret } makes one.
query Webhooks {
  webhooks {
    id
    url
    events
    disabledReason
    deliveries(first: 3) {
      id
      event
      videoId
      status
      attempts {
        at
        statusCode
        errorMessage
      }
    }
  }
}
`;

/** An example for each thing that people come for, in the order in which they do. */
export function exampleTabs(now: Date): ExampleTab[] {
  const to = new Date(Math.ceil(now.getTime() / DAY_MS) * DAY_MS);
  const from = new Date(to.getTime() - DAYS * DAY_MS);
  return [
    { query: CREATE },
    { query: WATCH, variables: asJson({ id: SOME_VIDEO }) },
    { query: LIST },
    { query: PRICE },
    { query: USAGE, variables: asJson({ from, to }) },
    { query: WEBHOOKS },
  ];
}

function asJson(variables: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(variables, null, 2);
}
