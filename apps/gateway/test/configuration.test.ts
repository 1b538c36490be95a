import { resolve } from "node:path";
import { runMain } from "@reelwire/gateway-for-tests";
import { describe, expect, test } from "vitest";
import { ConfigurationError, parseConfiguration, secretsIn } from "../src/configuration.ts";
import { CONFIGURATION_VARIABLES } from "../src/configuration-variables.ts";

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    parseConfiguration(variables);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe("the environment", () => {
  test("may be empty, and then has the defaults of the table", () => {
    expect(parseConfiguration({})).toEqual({
      host: "127.0.0.1",
      port: 4000,
      databaseUrl: null,
      databaseConnections: 10,
      role: "both",
      dataDir: resolve("data"),
      files: { kind: "disk", directory: resolve("data/files"), shared: false },
      upstream: null,
      allowPrivateAddresses: false,
      publicUrl: null,
      allowedOrigins: [],
      issuer: null,
      logLevel: "info",
      generationTimeoutMs: 1_200_000,
      typicalGenerationMs: null,
      limits: { submissionsPerSecond: null, generations: null, pollsPerSecond: null },
      creationLimits: {
        keyCreationsPerMinute: null,
        subjectCreationsPerMinute: null,
        keyUnfinished: null,
        subjectUnfinished: null,
      },
      requestLimits: { keyRequestsPerMinute: null, subjectRequestsPerMinute: null },
    });
    expect(parseConfiguration({}, { atTerminal: true }).logLevel).toBe("warn");
  });

  test("is taken as it says; an empty value is none", () => {
    const all = {
      PORT: "0",
      HOST: "[::]",
      DATABASE_URL: "postgres://reelwire:secret%2Bword@db.example:5432/reelwire",
      REELWIRE_DATABASE_CONNECTIONS: "20",
      REELWIRE_ROLE: "worker",
      REELWIRE_DATA_DIR: "/tmp/elsewhere",
      REELWIRE_FILES_DIR: "",
      REELWIRE_S3_ENDPOINT: "http://minio:9000/",
      REELWIRE_S3_BUCKET: "videos",
      REELWIRE_S3_REGION: "eu-central-1",
      REELWIRE_S3_ACCESS_KEY_ID: "an-id",
      REELWIRE_S3_SECRET_ACCESS_KEY: "a/secret+0=",
      REELWIRE_S3_PREFIX: "reelwire/",
      REELWIRE_S3_PUBLIC_ENDPOINT: "https://files.example.com/",
      AIMLAPI_API_KEY: "a-key",
      AIMLAPI_BASE_URL: "http://127.0.0.1:9999/",
      REELWIRE_ALLOW_PRIVATE_ADDRESSES: "true",
      REELWIRE_PUBLIC_URL: "https://video.example.com/reelwire/",
      REELWIRE_ALLOWED_ORIGINS: "https://app.example.com, http://127.0.0.1:3000,*",
      REELWIRE_JWT_ISSUER: "https://id.example.com/",
      REELWIRE_JWT_AUDIENCE: "reelwire",
      REELWIRE_JWT_JWKS_URL: "https://id.example.com/keys/?tenant=7",
      REELWIRE_JWT_PROJECT: "shop",
      REELWIRE_JWT_SUBJECT_CLAIM: "user.id",
      REELWIRE_JWT_SCOPES_CLAIM: "https://id.example.com/scope",
      REELWIRE_JWT_SCOPES: "videos:read, videos:read",
      REELWIRE_LOG_LEVEL: "debug",
      REELWIRE_GENERATION_TIMEOUT_SECONDS: "60",
      REELWIRE_TYPICAL_GENERATION_SECONDS: "7.5",
      REELWIRE_MAX_SUBMISSIONS_PER_SECOND: "2.5",
      REELWIRE_MAX_GENERATIONS: "50",
      REELWIRE_MAX_POLLS_PER_SECOND: "",
      REELWIRE_KEY_CREATIONS_PER_MINUTE: "600",
      REELWIRE_SUBJECT_CREATIONS_PER_MINUTE: "6",
      REELWIRE_KEY_UNFINISHED_VIDEOS: "5000",
      REELWIRE_SUBJECT_UNFINISHED_VIDEOS: "3",
      REELWIRE_KEY_REQUESTS_PER_MINUTE: "60000",
      REELWIRE_SUBJECT_REQUESTS_PER_MINUTE: "120",
    };
    expect(Object.keys(all).sort()).toEqual(CONFIGURATION_VARIABLES.map(({ name }) => name).sort());
    expect(parseConfiguration(all)).toEqual({
      host: "::",
      port: 0,
      databaseUrl: "postgres://reelwire:secret%2Bword@db.example:5432/reelwire",
      databaseConnections: 20,
      role: "worker",
      dataDir: "/tmp/elsewhere",
      files: {
        kind: "s3",
        endpoint: "http://minio:9000",
        publicEndpoint: "https://files.example.com",
        region: "eu-central-1",
        bucket: "videos",
        accessKeyId: "an-id",
        secretAccessKey: "a/secret+0=",
        keyPrefix: "reelwire/",
      },
      upstream: { apiKey: "a-key", baseUrl: "http://127.0.0.1:9999" },
      allowPrivateAddresses: true,
      publicUrl: "https://video.example.com/reelwire",
      allowedOrigins: ["https://app.example.com", "http://127.0.0.1:3000", "*"],
      issuer: {
        issuer: "https://id.example.com/",
        audience: "reelwire",
        jwksUrl: "https://id.example.com/keys/?tenant=7",
        project: "shop",
        subjectClaim: "user.id",
        scopesClaim: "https://id.example.com/scope",
        scopes: ["videos:read"],
      },
      logLevel: "debug",
      generationTimeoutMs: 60_000,
      typicalGenerationMs: 7_500,
      limits: { submissionsPerSecond: 2.5, generations: 50, pollsPerSecond: null },
      creationLimits: {
        keyCreationsPerMinute: 600,
        subjectCreationsPerMinute: 6,
        keyUnfinished: 5_000,
        subjectUnfinished: 3,
      },
      requestLimits: { keyRequestsPerMinute: 60_000, subjectRequestsPerMinute: 120 },
    });
    expect(secretsIn(parseConfiguration(all))).toEqual(["a-key", "a/secret+0=", "secret%2Bword", "secret+word"]);
  });

  test.each([
    ["PORT", "http"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "1e3"],
    ["HOST", "0.0.0.0"],
    ["HOST", "::"],
    ["HOST", "[::ffff:0.0.0.0]"],
    ["HOST", "0"],
    ["HOST", "127.1"],
    ["HOST", "127.0.0.1:4000"],
    ["HOST", "http://example.com"],
    ["HOST", "fe80::1%eth0"],
    ["DATABASE_URL", "name:secret-value@localhost/db"],
    ["DATABASE_URL", "mysql://name:secret-value@localhost/db"],
    ["DATABASE_URL", "postgres://name:secret-value@localhost"],
    ["REELWIRE_DATABASE_CONNECTIONS", "0"],
    ["REELWIRE_ROLE", "carrier"],
    ["REELWIRE_ROLE", "web"],
    ["REELWIRE_TYPICAL_GENERATION_SECONDS", "0"],
    ["REELWIRE_MAX_SUBMISSIONS_PER_SECOND", "0"],
    ["REELWIRE_MAX_SUBMISSIONS_PER_SECOND", "fast"],
    ["REELWIRE_MAX_GENERATIONS", "1.5"],
    ["REELWIRE_MAX_POLLS_PER_SECOND", "-1"],
    ["AIMLAPI_API_KEY", "secret value"],
    ["REELWIRE_ALLOW_PRIVATE_ADDRESSES", "perhaps"],
    ["REELWIRE_ALLOW_PRIVATE_ADDRESSES", "yes"],
    ["REELWIRE_PUBLIC_URL", "localhost:4000"],
    ["REELWIRE_PUBLIC_URL", "ftp://videos.example.com"],
    ["REELWIRE_PUBLIC_URL", "http://name:secret-value@localhost"],
    ["REELWIRE_ALLOWED_ORIGINS", "app.example.com"],
    ["REELWIRE_ALLOWED_ORIGINS", "https://app.example.com/"],
    ["REELWIRE_ALLOWED_ORIGINS", "https://*.example.com"],
    ["REELWIRE_ALLOWED_ORIGINS", "http://localhost:5173/path"],
    ["REELWIRE_ALLOWED_ORIGINS", "null"],
    ["REELWIRE_JWT_ISSUER", "https://id.example.com"],
    ["REELWIRE_JWT_AUDIENCE", "reelwire"],
    ["REELWIRE_JWT_JWKS_URL", "https://id.example.com/keys"],
    ["REELWIRE_JWT_PROJECT", "shop"],
    ["REELWIRE_JWT_SUBJECT_CLAIM", "email"],
    ["REELWIRE_JWT_SCOPES_CLAIM", "scope"],
    ["REELWIRE_JWT_SCOPES", "videos:read"],
    ["REELWIRE_KEY_CREATIONS_PER_MINUTE", "0"],
    ["REELWIRE_SUBJECT_CREATIONS_PER_MINUTE", "0.5"],
    ["REELWIRE_KEY_UNFINISHED_VIDEOS", "many"],
    ["REELWIRE_SUBJECT_UNFINISHED_VIDEOS", "-1"],
    ["REELWIRE_KEY_REQUESTS_PER_MINUTE", "1e6"],
    ["REELWIRE_SUBJECT_REQUESTS_PER_MINUTE", "1000001"],
    ["REELWIRE_LOG_LEVEL", "loud"],
    ["REELWIRE_GENERATION_TIMEOUT_SECONDS", "0"],
    ["AIMLAPI_BASE_URL", "http://127.0.0.1:9999"],
    ["REELWIRE_S3_ENDPOINT", "https://s3.example.com"],
    ["REELWIRE_S3_BUCKET", "videos"],
    ["REELWIRE_S3_REGION", "eu-central-1"],
    ["REELWIRE_S3_ACCESS_KEY_ID", "an-id"],
    ["REELWIRE_S3_SECRET_ACCESS_KEY", "secret-value"],
    ["REELWIRE_S3_PREFIX", "reelwire/"],
    ["REELWIRE_S3_PUBLIC_ENDPOINT", "https://s3.example.com"],
    ["REELWIRE_DATADIR", "/tmp"],
    ["AIMLAPI_KEY", "secret-value"],
  ])("%s=%s is refused in one line that names it, and repeats no secret", (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} [^\\n]+\\.$`));
    expect(problems[0]).not.toMatch(/secret.value/);
  });

  test.each(["127.0.0.1", "::1", "localhost", "192.168.0.10", "fd00::7", "video-1.internal", "example.com"])(
    "may have the gateway listen on %s, without saying what it is called",
    (HOST) => {
      expect(parseConfiguration({ HOST })).toMatchObject({ host: HOST, publicUrl: null });
    },
  );

  test("may have a worker listen on every address without saying what it is called: it tells nobody", () => {
    const worker = { HOST: "0.0.0.0", REELWIRE_ROLE: "worker", DATABASE_URL: "postgres://localhost/reelwire" };
    expect(parseConfiguration(worker).publicUrl).toBeNull();
    expect(problemsOf({ ...worker, REELWIRE_ROLE: "web" })).toEqual([expect.stringMatching(/REELWIRE_PUBLIC_URL/)]);
  });

  const JWT = {
    REELWIRE_JWT_ISSUER: "https://id.example.com/",
    REELWIRE_JWT_AUDIENCE: "reelwire",
    REELWIRE_JWT_JWKS_URL: "https://id.example.com/keys",
  };

  test("may name an issuer, whose tokens allow what tokens can unless it says less", () => {
    expect(parseConfiguration(JWT).issuer).toEqual({
      issuer: "https://id.example.com/",
      audience: "reelwire",
      jwksUrl: "https://id.example.com/keys",
      project: "default",
      subjectClaim: "sub",
      scopesClaim: null,
      scopes: ["videos:create", "videos:read"],
    });
  });

  test.each([
    ["REELWIRE_JWT_ISSUER", "id example"],
    ["REELWIRE_JWT_JWKS_URL", "id.example.com/keys"],
    ["REELWIRE_JWT_JWKS_URL", "https://name:secret-value@id.example.com/keys"],
    ["REELWIRE_JWT_PROJECT", "My Shop"],
    ["REELWIRE_JWT_SUBJECT_CLAIM", "user id"],
    ["REELWIRE_JWT_SCOPES", "admin"],
    ["REELWIRE_JWT_SCOPES", "videos:read,"],
  ])("with an issuer, %s=%s is refused in one line that names it, and repeats no secret", (name, value) => {
    const problems = problemsOf({ ...JWT, [name]: value });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} [^\\n]+\\.$`))]);
    expect(problems[0]).not.toMatch(/secret.value/);
  });

  test("is told everything that is missing for an issuer in one line", () => {
    expect(problemsOf({ REELWIRE_JWT_ISSUER: "https://id.example.com/", REELWIRE_JWT_SCOPES: "videos:read" })).toEqual([
      "REELWIRE_JWT_ISSUER is set without REELWIRE_JWT_AUDIENCE, REELWIRE_JWT_JWKS_URL: set them too, or nothing of REELWIRE_JWT for no issuer of your own.",
    ]);
  });

  const S3 = {
    REELWIRE_S3_ENDPOINT: "https://s3.example.com",
    REELWIRE_S3_BUCKET: "videos",
    REELWIRE_S3_ACCESS_KEY_ID: "an-id",
    REELWIRE_S3_SECRET_ACCESS_KEY: "secret-value",
  };

  test("may name a directory that nodes share, or a bucket", () => {
    const directory = resolve("/srv/videos");
    expect(parseConfiguration({ REELWIRE_FILES_DIR: "/srv/videos" }).files).toEqual({
      kind: "disk",
      directory,
      shared: true,
    });
    expect(parseConfiguration(S3).files).toEqual({
      kind: "s3",
      endpoint: "https://s3.example.com",
      publicEndpoint: "https://s3.example.com",
      region: "us-east-1",
      bucket: "videos",
      accessKeyId: "an-id",
      secretAccessKey: "secret-value",
      keyPrefix: "",
    });
  });

  test.each([
    ["REELWIRE_S3_ENDPOINT", "s3.example.com"],
    ["REELWIRE_S3_ENDPOINT", "https://an-id:secret-value@s3.example.com"],
    ["REELWIRE_S3_BUCKET", "videos/reelwire"],
    ["REELWIRE_S3_REGION", "eu central"],
    ["REELWIRE_S3_ACCESS_KEY_ID", "an/id"],
    ["REELWIRE_S3_SECRET_ACCESS_KEY", "secret value"],
    ["REELWIRE_S3_PREFIX", "/reelwire"],
    ["REELWIRE_S3_PUBLIC_ENDPOINT", "files.example.com"],
    ["REELWIRE_FILES_DIR", "/srv/videos"],
  ])("with a bucket, %s=%s is refused in one line that names it, and repeats no secret", (name, value) => {
    const problems = problemsOf({ ...S3, [name]: value });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} [^\\n]+\\.$`))]);
    expect(problems[0]).not.toMatch(/secret.value/);
  });

  test("says which of it no log may hold", () => {
    expect(secretsIn(parseConfiguration({}))).toEqual([]);
    expect(secretsIn(parseConfiguration({ ...S3, AIMLAPI_API_KEY: "a-key" }))).toEqual(["a-key", "secret-value"]);
  });

  test("is told everything that is missing for a bucket in one line", () => {
    expect(problemsOf({ REELWIRE_S3_BUCKET: "videos", REELWIRE_S3_ACCESS_KEY_ID: "an-id" })).toEqual([
      "REELWIRE_S3_BUCKET is set without REELWIRE_S3_ENDPOINT, REELWIRE_S3_SECRET_ACCESS_KEY: set them too, or nothing of S3 for files on local disk.",
    ]);
  });

  test.each([
    ["REELWIRE_DATADIR", "REELWIRE_DATABASE_CONNECTIONS, REELWIRE_DATA_DIR"],
    ["REELWIRE_LOGLEVEL", "REELWIRE_LOG_LEVEL"],
    ["REELWIRE_LOG_LEVELS", "REELWIRE_LOG_LEVEL"],
    ["REELWIRE_S3_KEY", "REELWIRE_S3_ENDPOINT, REELWIRE_S3_BUCKET, REELWIRE_S3_REGION"],
    ["AIMLAPI_KEY", "AIMLAPI_API_KEY, AIMLAPI_BASE_URL"],
    ["REELWIRE_X", null],
    ["REELWIRE_TOKENS", "REELWIRE_TYPICAL_GENERATION_SECONDS"],
  ])("with %s is told which names begin most like it: %s", (name, alike) => {
    const known = alike === null ? "" : ` It knows ${alike}.`;
    expect(problemsOf({ [name]: "1" })).toEqual([
      `${name} is not a variable that the gateway knows: unset it, or correct its name.${known}`,
    ]);
  });

  test("may have what the examples read too", () => {
    const ofExamples = { REELWIRE_URL: "https://video.example.com/graphql", REELWIRE_TOKEN: "rwk_x" };
    expect(parseConfiguration(ofExamples)).toEqual(parseConfiguration({}));
  });

  test("is told everything that is wrong at once", () => {
    const wrong = { PORT: "x", HOST: "0", AIMLAPI_BASE_URL: "ftp://x", REELWIRE_X: "1" };
    expect(problemsOf(wrong).map((line) => line.split(" ")[0])).toEqual([
      "PORT",
      "HOST",
      "AIMLAPI_BASE_URL",
      "REELWIRE_X",
      "AIMLAPI_BASE_URL",
    ]);
  });
});

describe("the process", () => {
  test("does not start with a bad environment: a line for each problem, no stack, exit code 1", async () => {
    await using main = await runMain({ PORT: "x", DATABASE_URL: "mysql://somewhere/db" });
    expect(await main.exited).toEqual({ code: 1, signal: null });
    expect(main.out()).toBe("");
    expect(main.err().trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^reelwire: PORT must be a whole number/),
      expect.stringMatching(/^reelwire: DATABASE_URL must be an address/),
    ]);
  });
});
