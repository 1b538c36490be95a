/** Pictures that the gateway takes, and that every browser shows. */
export const PICTURE_TYPES: readonly string[] = ["image/jpeg", "image/png", "image/webp"];
