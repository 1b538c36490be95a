/** A variable of the environment that the gateway reads. */
export interface ConfigurationVariable {
  name: string;
  /** What it does; complete sentences, or the like. */
  meaning: string;
  /** What holds when it is unset or empty; `null`: nothing. */
  default: string | null;
}

/** Every variable, in the order of the table in the README. */
export const CONFIGURATION_VARIABLES = [
  {
    name: "PORT",
    meaning: "Port to listen on. `0` lets the system choose, and the address is printed.",
    default: "4000",
  },
  {
    name: "HOST",
    meaning:
      "Address to listen on. One that others can reach, as `0.0.0.0`, needs an API key, or an issuer of your own, before the start.",
    default: "127.0.0.1",
  },
  {
    name: "DATABASE_URL",
    meaning:
      "PostgreSQL 13 or newer, as `postgres://user:password@host:5432/database`; any number of nodes may share it. Unset: the embedded database, in `REELWIRE_DATA_DIR`.",
    default: null,
  },
  {
    name: "REELWIRE_DATABASE_CONNECTIONS",
    meaning: "Connections of this node to PostgreSQL for queries. Four more serve heartbeats and notifications.",
    default: "10",
  },
  {
    name: "REELWIRE_ROLE",
    meaning:
      "What this node does: `web` answers clients, `worker` carries videos, `both` does both. Other than `both` needs `DATABASE_URL`.",
    default: "both",
  },
  {
    name: "REELWIRE_DATA_DIR",
    meaning: "Directory of the embedded database, its lock and the finished files. Made if missing.",
    default: "./data",
  },
  {
    name: "REELWIRE_FILES_DIR",
    meaning:
      "Directory of the finished files, if not in the data directory. Made if missing. Nodes may share it, as over NFS.",
    default: "files in the data directory",
  },
  {
    name: "REELWIRE_S3_ENDPOINT",
    meaning:
      "Address of an S3-compatible store, as `https://s3.eu-central-1.amazonaws.com`: finished files go to a bucket there and not to a disk. Needs the bucket and both parts of the key.",
    default: null,
  },
  {
    name: "REELWIRE_S3_BUCKET",
    meaning: "The bucket. It must exist.",
    default: null,
  },
  {
    name: "REELWIRE_S3_REGION",
    meaning: "The bucket's region.",
    default: "us-east-1",
  },
  {
    name: "REELWIRE_S3_ACCESS_KEY_ID",
    meaning: "The id of the key for the bucket.",
    default: null,
  },
  {
    name: "REELWIRE_S3_SECRET_ACCESS_KEY",
    meaning: "The secret of the key for the bucket. It is never logged or sent.",
    default: null,
  },
  {
    name: "REELWIRE_S3_PREFIX",
    meaning: "What the names of the files in the bucket begin with, as `reelwire/`.",
    default: null,
  },
  {
    name: "REELWIRE_S3_PUBLIC_ENDPOINT",
    meaning: "Address by which browsers reach the store, if it is another than the gateway's.",
    default: "REELWIRE_S3_ENDPOINT",
  },
  {
    name: "AIMLAPI_API_KEY",
    meaning:
      "The upstream's key. Unset: the built-in emulator makes the videos, which are drawings; no money is spent.",
    default: null,
  },
  {
    name: "AIMLAPI_BASE_URL",
    meaning: "The upstream's address, or that of a stand-in for it. Needs a key.",
    default: "https://api.aimlapi.com",
  },
  {
    name: "REELWIRE_ALLOW_PRIVATE_ADDRESSES",
    meaning:
      "`true` lets webhooks and callbacks be sent to private or loopback addresses, and result files live there. The host of `AIMLAPI_BASE_URL` may have result files in any case.",
    default: "false",
  },
  {
    name: "REELWIRE_PUBLIC_URL",
    meaning:
      "Where clients reach the gateway, and what the addresses of files begin with, as `https://video.example.com`. Needed where `HOST` is every address of the machine. A `worker` sends to webhooks only where it is set, since their payload has such addresses.",
    default: "the address it listens on",
  },
  {
    name: "REELWIRE_ALLOWED_ORIGINS",
    meaning:
      "Web pages that may use the gateway besides its own, as `https://app.example.com`; several with commas, `*` for all. As long as nobody is asked who they are, only those on this machine count.",
    default: null,
  },
  {
    name: "REELWIRE_JWT_ISSUER",
    meaning:
      "Your own identity provider, exactly as its tokens say in `iss`: they are taken as credentials. Needs audience and JWKS address.",
    default: null,
  },
  {
    name: "REELWIRE_JWT_AUDIENCE",
    meaning: "What `aud` of its tokens must be or contain.",
    default: null,
  },
  {
    name: "REELWIRE_JWT_JWKS_URL",
    meaning: "Address of its public keys, as `https://id.example.com/.well-known/jwks.json`.",
    default: null,
  },
  {
    name: "REELWIRE_JWT_PROJECT",
    meaning: "The project that its tokens are for.",
    default: "default",
  },
  {
    name: "REELWIRE_JWT_SUBJECT_CLAIM",
    meaning: "The claim that says which of your users it is; with dots for one that is nested.",
    default: "sub",
  },
  {
    name: "REELWIRE_JWT_SCOPES_CLAIM",
    meaning:
      "The claim that says what is allowed, as a text with spaces or a list. Unset: its tokens allow `REELWIRE_JWT_SCOPES`.",
    default: null,
  },
  {
    name: "REELWIRE_JWT_SCOPES",
    meaning: "What its tokens may allow at most; with commas.",
    default: "videos:create,videos:read",
  },
  {
    name: "REELWIRE_LOG_LEVEL",
    meaning: "`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`. The log goes to standard error, as JSON.",
    default: "info; warn at a terminal",
  },
  {
    name: "REELWIRE_GENERATION_TIMEOUT_SECONDS",
    meaning: "How long the upstream may take for a video before it is given up, in seconds.",
    default: "1200",
  },
  {
    name: "REELWIRE_TYPICAL_GENERATION_SECONDS",
    meaning:
      "What a generation takes as long as nothing was learned from those before, in seconds: polls and `progress` go by it. The built-in emulator takes 9.",
    default: "60",
  },
  {
    name: "REELWIRE_MAX_SUBMISSIONS_PER_SECOND",
    meaning:
      "Submissions that all nodes together send upstream in a second. Keys take turns; the next ones say that they wait.",
    default: null,
  },
  {
    name: "REELWIRE_MAX_GENERATIONS",
    meaning:
      "Generations that all nodes together have under way upstream at a time. Keys take turns; the next ones say that they wait.",
    default: null,
  },
  {
    name: "REELWIRE_MAX_POLLS_PER_SECOND",
    meaning: "Polls that all nodes together send upstream in a second. With more videos they come later.",
    default: null,
  },
  {
    name: "REELWIRE_KEY_CREATIONS_PER_MINUTE",
    meaning: "Videos that one API key, with the tokens it made, may ask for in a minute, on all nodes together.",
    default: null,
  },
  {
    name: "REELWIRE_SUBJECT_CREATIONS_PER_MINUTE",
    meaning: "Videos that one subject may ask for in a minute, on all nodes together.",
    default: null,
  },
  {
    name: "REELWIRE_KEY_UNFINISHED_VIDEOS",
    meaning: "Videos of one API key, with the tokens it made, that may be unfinished at a time.",
    default: null,
  },
  {
    name: "REELWIRE_SUBJECT_UNFINISHED_VIDEOS",
    meaning: "Videos of one subject that may be unfinished at a time.",
    default: null,
  },
  {
    name: "REELWIRE_KEY_REQUESTS_PER_MINUTE",
    meaning:
      "GraphQL requests, over HTTP and websockets, and uploads, that one API key, with the tokens it made, may send to this node in a minute. Each node counts for itself.",
    default: null,
  },
  {
    name: "REELWIRE_SUBJECT_REQUESTS_PER_MINUTE",
    meaning: "The same for one subject.",
    default: null,
  },
] as const satisfies readonly ConfigurationVariable[];

/** The table's rows in Markdown, as the README has them. */
export function configurationTable(): string[] {
  return CONFIGURATION_VARIABLES.map(({ name, meaning, default: value }) => {
    return `| \`${name}\` | ${meaning} | ${value ?? "—"} |`;
  });
}
