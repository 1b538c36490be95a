import { EmulatorError } from "../emulator-error.ts";

/** The optional encoder. It links x264 (GPL), so it is only ever loaded from here. */
export type WebCodecs = typeof import("@napi-rs/webcodecs");

/** Loads the encoder. Throws `CLIPS_UNAVAILABLE` where it is not installed or does not load. */
export async function loadWebCodecs(): Promise<WebCodecs> {
  try {
    return await import("@napi-rs/webcodecs");
  } catch (cause) {
    throw new EmulatorError(
      "CLIPS_UNAVAILABLE",
      "Clips cannot be rendered: install @napi-rs/webcodecs 1.3.1, or pass your own with the option `clip`.",
      { cause },
    );
  }
}
