/** Every code an {@link EmulatorError} can carry, with what it means. */
export const emulatorErrorCodes = {
  CLIPS_UNAVAILABLE:
    "Clips cannot be rendered: the optional dependency @napi-rs/webcodecs is missing or does not load.",
  INVALID_OPTIONS: "An option of startEmulator, or a flag of the command line, has a value that is not allowed.",
  INVALID_FAULT: "A fault was asked for that does not exist, or not at that point.",
  CANNOT_LISTEN: "The host and port could not be listened on; the message has the system's reason.",
  RENDER_FAILED: "A clip could not be rendered; the message has the renderer's reason.",
  STATE_FILE_DAMAGED: "The state file is damaged, or is not one; the message says where.",
  STATE_FILE_IN_USE: "Another emulator, here or in another process, uses the state file.",
  STATE_FILE_UNUSABLE: "The state file cannot be opened, read or written; the message has the system's reason.",
  CLOSED: "The emulator was closed while something still waited on it.",
} as const satisfies Record<string, string>;

/** A stable code of {@link EmulatorError}; match on this, never on message text. */
export type EmulatorErrorCode = keyof typeof emulatorErrorCodes;

/** Thrown by the emulator's own API (not sent over HTTP: answers carry the upstream's error body). */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";
  readonly code: EmulatorErrorCode;

  constructor(code: EmulatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
