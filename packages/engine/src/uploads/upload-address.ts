import { signFilePath, verifyFileSignature } from "../archive/signed-url.ts";

/** The address of an upload below the gateway's: whoever has it may see the image. */
export function uploadPath(secret: Buffer, id: string): string {
  return `uploads/${id}?signature=${signFilePath(secret, id)}`;
}

const PATH = /\/uploads\/(upload_[0-9a-z]{26})$/;

/** An image's address, where it is, or claims to be, that of an upload. */
export interface UploadAddress {
  /** `null`: nobody was given this address. */
  id: string | null;
}

/**
 * Whether an address is that of an upload, by whatever name of the gateway it begins; `null`: it is some other address. The
 * signature says so, which nobody else can make.
 *
 * @param publicUrl where clients reach the gateway: what begins so, and is none that it gave out, is no upload's, and nothing else either
 */
export function readUploadAddress(secret: Buffer, address: string, publicUrl: string | null): UploadAddress | null {
  // Not those with an image in them.
  const url = /^data:/i.test(address) ? null : URL.parse(address);
  if (url === null) return null;
  const path = decoded(url.pathname);
  const id = PATH.exec(path)?.[1];
  if (id !== undefined && verifyFileSignature(secret, id, url.searchParams.get("signature") ?? "")) return { id };
  const ours = publicUrl === null ? null : URL.parse(`${publicUrl}/uploads/`);
  if (ours === null || hostOf(url) !== hostOf(ours) || !path.startsWith(decoded(ours.pathname))) return null;
  return { id: null };
}

/** A path as the gateway's routes are found by, however it is spelled. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/** Host and port; all names of this machine are one. */
function hostOf({ hostname, port, protocol }: URL): string {
  const name = LOOPBACK.test(hostname) ? "localhost" : hostname;
  return `${name}:${port || (protocol === "https:" ? 443 : 80)}`;
}
