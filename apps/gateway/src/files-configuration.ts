import { join, resolve } from "node:path";
import { z } from "zod";
import { httpAddress } from "./http-address.ts";

/** Where the finished files go. */
export type FilesConfiguration =
  | {
      kind: "disk";
      /** Absolute. */
      directory: string;
      /** Whether it was named, so that several nodes may have the same. */
      shared: boolean;
    }
  | {
      kind: "s3";
      /** Without a slash at the end, as the public one. */
      endpoint: string;
      /** Where browsers reach the store. */
      publicEndpoint: string;
      region: string;
      bucket: string;
      accessKeyId: string;
      secretAccessKey: string;
      /** What the names of the files there begin with. */
      keyPrefix: string;
    };

/** The variables about files, as they are in the environment. */
export const filesVariables = {
  REELWIRE_FILES_DIR: z
    .string()
    .transform((directory) => resolve(directory))
    .optional(),
  REELWIRE_S3_ENDPOINT: httpAddress.optional(),
  REELWIRE_S3_BUCKET: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/, "must be the name of a bucket, and nothing else")
    .optional(),
  REELWIRE_S3_REGION: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, "must be the name of a region, such as eu-central-1")
    .default("us-east-1"),
  REELWIRE_S3_ACCESS_KEY_ID: z
    .string()
    .regex(/^[\x21-\x2e\x30-\x7e]+$/, "must be printable ASCII without spaces and slashes")
    .optional(),
  REELWIRE_S3_SECRET_ACCESS_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
    .optional(),
  REELWIRE_S3_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-][A-Za-z0-9._/-]*$/, "must be letters, digits and ._/-, such as reelwire/")
    .default(""),
  REELWIRE_S3_PUBLIC_ENDPOINT: httpAddress.optional(),
};

const NEEDED = [
  "REELWIRE_S3_ENDPOINT",
  "REELWIRE_S3_BUCKET",
  "REELWIRE_S3_ACCESS_KEY_ID",
  "REELWIRE_S3_SECRET_ACCESS_KEY",
] as const;

/** What is wrong with those that are set, taken together; a line for each thing. */
export function filesProblems(given: Readonly<Record<string, unknown>>): string[] {
  const [first] = Object.keys(filesVariables).filter((name) => name.startsWith("REELWIRE_S3_") && name in given);
  if (first === undefined) return [];
  const problems: string[] = [];
  const missing = NEEDED.filter((name) => !(name in given));
  if (missing.length > 0) {
    problems.push(
      `${first} is set without ${missing.join(", ")}: set ${missing.length > 1 ? "them" : "it"} too, or nothing of S3 for files on local disk.`,
    );
  }
  if ("REELWIRE_FILES_DIR" in given) {
    problems.push(`REELWIRE_FILES_DIR is set beside ${first}: files go to one place, so unset one of them.`);
  }
  return problems;
}

/** What the variables say, once there is nothing wrong with them. */
export function filesConfiguration(
  variables: z.infer<z.ZodObject<typeof filesVariables>>,
  dataDir: string,
): FilesConfiguration {
  const { REELWIRE_FILES_DIR: directory, REELWIRE_S3_ENDPOINT: endpoint } = variables;
  const bucket = variables.REELWIRE_S3_BUCKET;
  const accessKeyId = variables.REELWIRE_S3_ACCESS_KEY_ID;
  const secretAccessKey = variables.REELWIRE_S3_SECRET_ACCESS_KEY;
  if (!endpoint || !bucket || !accessKeyId || !secretAccessKey) {
    return { kind: "disk", directory: directory ?? join(dataDir, "files"), shared: directory !== undefined };
  }
  return {
    kind: "s3",
    endpoint,
    publicEndpoint: variables.REELWIRE_S3_PUBLIC_ENDPOINT ?? endpoint,
    region: variables.REELWIRE_S3_REGION,
    bucket,
    accessKeyId,
    secretAccessKey,
    keyPrefix: variables.REELWIRE_S3_PREFIX,
  };
}
