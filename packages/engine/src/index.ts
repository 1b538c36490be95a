export type {
  Access,
  AccessOptions,
  AccessToken,
  ApiKey,
  Caller,
  ExternalIssuer,
  LiveCaller,
  NewAccessToken,
  NewApiKey,
} from "./access/access.ts";
export { ACCESS_ERROR_CODES, AccessError, type AccessErrorCode } from "./access/access-error.ts";
export type { KeyAdministration } from "./access/administer-keys.ts";
export { keyIdOf } from "./access/key-secret.ts";
export { type AdministeredAccess, type OpenAccessOptions, openAccess } from "./access/open-access.ts";
export type { ArchivedFile, ByteRange, OpenedFile } from "./archive/archive.ts";
export { ArchiveError } from "./archive/archive-error.ts";
export { parseByteRange } from "./archive/byte-range.ts";
export type { FilesOptions } from "./archive/open-archive.ts";
export type { CanceledVideo } from "./cancel-video.ts";
export type { CarryStep } from "./carry-context.ts";
export type { CreatedVideo } from "./create-video.ts";
export { DATABASE_ERROR_CODES, DatabaseError, type DatabaseErrorCode } from "./database/database-error.ts";
export { startEngine } from "./engine.ts";
export type { Engine, EngineHealth, EngineOptions } from "./engine-options.ts";
export type { Logger } from "./logger.ts";
export type { LeaseOptions } from "./node-membership.ts";
export type { VideoFile } from "./open-video-file.ts";
export { type CreationLimits, NO_CREATION_LIMITS } from "./rates/creation-limits.ts";
export {
  type Budget,
  type NewBudget,
  USAGE_GROUPS,
  type Usage,
  type UsageGroup,
  type UsageQuery,
} from "./spending/spending.ts";
export type { VideoFilter, VideoPage } from "./store.ts";
export type { CarryTiming } from "./timing.ts";
export { type CopiedFiles, type CopyFilesOptions, copyFiles } from "./transfer/copy-files.ts";
export { exportDatabase, type TransferOptions } from "./transfer/export-database.ts";
export { type ImportedVideos, importDatabase } from "./transfer/import-database.ts";
export type { RowCounts } from "./transfer/moved-tables.ts";
export { type Undo, undo } from "./undo.ts";
export { tooLarge } from "./uploads/receive-upload.ts";
export type { Upload, UploadFile } from "./uploads/uploads.ts";
export type { UpstreamHealth } from "./upstream-health.ts";
export type { UpstreamLimits } from "./upstream-limits.ts";
export type { StoredVideo } from "./video-row.ts";
export { BUILT_IN_VIEWER, type Owner, type Viewer } from "./viewer.ts";
export type {
  RotatedSecret,
  Webhook,
  WebhookAttempt,
  WebhookDelivery,
  WebhookDeliveryFilter,
  Webhooks,
} from "./webhooks/webhooks.ts";
