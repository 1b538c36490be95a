import { inflateSync } from "node:zlib";

// The chunks that come before a PNG's picture: https://www.w3.org/TR/png-3/

/** Most that a colour profile has. Those of displays and printers have up to one or two. */
const MOST_PROFILE_BYTES = 4 * 1024 * 1024;

/** Whether it says that it is an animation: 11.3.8. */
export function isAnimatedPng(bytes: Buffer): boolean {
  for (const { name } of chunks(bytes)) {
    if (name === "acTL") return true;
  }
  return false;
}

/**
 * Whether there is at most one colour profile, as it must be, and that is not very large once it is unpacked: 11.3.2.3. Half a megabyte may
 * become 512 MB, and the decoder would unpack them, however small the picture is.
 */
export function hasBoundedProfile(bytes: Buffer): boolean {
  let profiles = 0;
  for (const { name, data } of chunks(bytes)) {
    if (name !== "iCCP") continue;
    profiles += 1;
    if (profiles > 1 || isTooLarge(data)) return false;
  }
  return true;
}

function isTooLarge(profile: Buffer): boolean {
  // After its name, and how it is packed.
  const packed = profile.subarray(profile.indexOf(0) + 2);
  try {
    inflateSync(packed, { maxOutputLength: MOST_PROFILE_BYTES });
    return false;
  } catch (error) {
    // The decoder does without one that is damaged.
    return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
  }
}

function* chunks(bytes: Buffer): Generator<{ name: string; data: Buffer }, void, undefined> {
  for (let at = 8; at + 8 <= bytes.length; ) {
    const name = bytes.toString("latin1", at + 4, at + 8);
    if (name === "IDAT") return;
    const end = at + 8 + bytes.readUInt32BE(at);
    yield { name, data: bytes.subarray(at + 8, end) };
    at = end + 4;
  }
}
