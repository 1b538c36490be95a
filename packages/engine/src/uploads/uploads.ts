import { ApiError, type InputIssue, type VideoRequest } from "@reelwire/core";
import type { Kysely } from "kysely";
import type { OpenedFile } from "../archive/archive.ts";
import { verifyFileSignature } from "../archive/signed-url.ts";
import type { EngineSchema } from "../database/schema.ts";
import { throughOutage } from "../database-outage.ts";
import { orUnavailable } from "../open-video-file.ts";
import type { Viewer } from "../viewer.ts";
import { imageTypeCalled } from "./image-type.ts";
import { type ReceivedUpload, type ReceiveUploadContext, receiveUpload } from "./receive-upload.ts";
import { readUploadAddress, type UploadAddress, uploadPath } from "./upload-address.ts";
import { findUpload, keepUpload, uploadKey } from "./upload-rows.ts";

/** An image that was taken, and where it is. */
export interface Upload extends ReceivedUpload {
  /** Its address below the gateway's, for `imageUrl` and `lastImageUrl`. */
  path: string;
}

/** An uploaded image that may be seen. */
export interface UploadFile {
  contentType: ReceivedUpload["contentType"];
  bytes: number;
  /** `null` when it has gone meanwhile. */
  open(): Promise<OpenedFile | null>;
}

/** Images that callers upload to make videos from. */
export interface Uploads {
  /** See `receiveUpload`. */
  receive(viewer: Viewer, source: AsyncIterable<Uint8Array>): Promise<Upload>;
  /** The image at a signed address. @throws {ApiError} `NOT_FOUND`, `FILE_UNAVAILABLE` */
  open(id: string, signature: string): Promise<UploadFile>;
  /**
   * Keeps the uploads that a request names, within the transaction that accepts it.
   *
   * @throws {ApiError} `BAD_INPUT` where one is not there, has expired, or is not the viewer's
   */
  keep(transaction: Kysely<EngineSchema>, viewer: Viewer, request: VideoRequest): Promise<void>;
  /** Whether some image of a request is an upload. */
  areIn(request: VideoRequest): boolean;
  /**
   * The same request with its uploads as `data:` URIs, which is how they are handed upstream; `null` when one of them is gone.
   *
   * @throws {ArchiveError}
   */
  asData(request: VideoRequest): Promise<VideoRequest | null>;
}

export interface UploadsContext extends ReceiveUploadContext {
  /** Signs addresses. */
  secret: Buffer;
  /** Where clients reach the gateway; `null`: nobody knows. */
  publicUrl: () => string | null;
}

const IMAGE_FIELDS = ["imageUrl", "lastImageUrl"] as const;

export function createUploads(context: UploadsContext): Uploads {
  const { db, archive, secret, closing } = context;

  function addressesIn(request: VideoRequest): ({ field: (typeof IMAGE_FIELDS)[number] } & UploadAddress)[] {
    return IMAGE_FIELDS.flatMap((field) => {
      const found = readUploadAddress(secret, request[field] ?? "", context.publicUrl());
      return found === null ? [] : { field, ...found };
    });
  }

  return {
    async receive(viewer, source) {
      const received = await receiveUpload(context, viewer, source);
      return { ...received, path: uploadPath(secret, received.id) };
    },

    async open(id, signature) {
      if (!verifyFileSignature(secret, id, signature)) throw new ApiError("NOT_FOUND");
      const upload = await throughOutage(() => findUpload(db.kysely, id), closing);
      if (upload === null) throw new ApiError("NOT_FOUND");
      const { contentType } = imageTypeCalled(upload.content_type);
      const key = uploadKey(upload);
      return {
        contentType,
        bytes: upload.bytes,
        open: () => orUnavailable(archive.open(key, undefined, { contentType })),
      };
    },

    async keep(transaction, viewer, request) {
      const issues: InputIssue[] = [];
      // In an order that is the same for all, so that no two wait for each other.
      const named = addressesIn(request).sort((a, b) => ((a.id ?? "") < (b.id ?? "") ? -1 : 1));
      for (const { field, id } of named) {
        const isKept = id !== null && (await keepUpload(transaction, viewer, id));
        if (!isKept) issues.push({ path: [field], message: NOT_KEPT });
      }
      if (issues.length > 0) throw ApiError.badInput(issues);
    },

    areIn: (request) => addressesIn(request).length > 0,

    async asData(request) {
      const given = { ...request };
      for (const { field, id } of addressesIn(request)) {
        const upload = id === null ? null : await findUpload(db.kysely, id);
        const bytes = upload === null ? null : await archive.read(uploadKey(upload));
        if (upload === null || bytes === null) return null;
        given[field] = `data:${upload.content_type};base64,${Buffer.from(bytes).toString("base64")}`;
      }
      return given;
    },
  };
}

const NOT_KEPT = "There is no such upload of yours, or it has expired. Upload the image again.";
