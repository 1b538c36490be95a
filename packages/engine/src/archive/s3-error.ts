import { S3ServiceError } from "s3mini";
import { ArchiveError, type ArchiveErrorCode } from "./archive-error.ts";
import { systemCode } from "./disk-error.ts";

/** Where a bucket is, for messages. */
export interface BucketPlace {
  bucket: string;
  host: string;
}

type Meaning = [code: ArchiveErrorCode, what: string, advice?: string];

const RIGHTS = "correct the keys, or give them the rights to list it and to read, write and delete in it";
const MISSING: Meaning = ["ARCHIVE_NOT_WRITABLE", "cannot be used", "make it, or correct its name and endpoint"];
const ELSEWHERE: Meaning = ["ARCHIVE_NOT_WRITABLE", "cannot be used", "correct its endpoint or region"];
const REFUSED: Meaning = ["ARCHIVE_NOT_WRITABLE", "cannot be used", RIGHTS];
const FULL: Meaning = ["ARCHIVE_FULL", "is full", "free some space, or raise its quota"];
const FAILED: Meaning = ["ARCHIVE_FAILED", "failed"];

/** What the codes in a store's answers mean, where their HTTP status does not say it. */
const BY_CODE: Readonly<Record<string, Meaning>> = {
  AuthorizationHeaderMalformed: ELSEWHERE,
  InvalidRegionName: ELSEWHERE,
  InvalidBucketName: MISSING,
  RequestTimeTooSkewed: ["ARCHIVE_NOT_WRITABLE", "cannot be used", "set this machine's clock"],
  QuotaExceeded: FULL,
  XMinioAdminBucketQuotaExceeded: FULL,
  XMinioStorageFull: FULL,
};

const BY_STATUS: Readonly<Record<number, Meaning>> = {
  301: ELSEWHERE,
  302: ELSEWHERE,
  307: ELSEWHERE,
  308: ELSEWHERE,
  401: REFUSED,
  403: REFUSED,
  404: MISSING,
  405: MISSING,
  507: FULL,
};

/** What an error of `s3mini` means for the archive, in one line. */
export function s3Error(error: unknown, { bucket, host }: BucketPlace): ArchiveError {
  const subject = `The bucket "${bucket}" at ${host}`;
  if (error instanceof S3ServiceError) {
    const code = s3Code(error);
    const [archiveCode, what, advice] = BY_CODE[code] ?? BY_STATUS[error.status] ?? FAILED;
    const answer = `HTTP ${error.status}${code && `, ${code}`}`;
    // No cause: it carries the whole answer, which quotes the request and the access key.
    return new ArchiveError(archiveCode, `${subject} ${what} (${answer})${advice ? `: ${advice}` : ""}.`);
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return new ArchiveError("ARCHIVE_FAILED", `${subject} did not answer in time.`, { cause: error });
  }
  const reason = systemCode(error) || (error instanceof Error ? systemCode(error.cause) : "");
  const because = reason && ` (${reason})`;
  return new ArchiveError(
    "ARCHIVE_FAILED",
    `${subject} cannot be reached${because}: see that it runs, and that its endpoint is right.`,
    { cause: error },
  );
}

/** The code in a store's answer (`NoSuchKey`), or an empty string. Not `serviceCode`, which wants one exact content type. */
export function s3Code(error: S3ServiceError): string {
  return /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(error.body ?? "")?.[1] ?? "";
}
