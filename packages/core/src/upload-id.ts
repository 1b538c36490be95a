import { typeid } from "typeid-js";

/** A new id of an uploaded image: `upload_` and 26 characters, unique, sortable by time of creation. */
export function newUploadId(): string {
  return typeid("upload").toString();
}
