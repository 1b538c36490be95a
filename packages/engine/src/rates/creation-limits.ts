/** How much one key, or one subject, may make; `null`: no limit. */
export interface CreationLimits {
  keyCreationsPerMinute: number | null;
  subjectCreationsPerMinute: number | null;
  /** Videos that are not finished, at a time. */
  keyUnfinished: number | null;
  subjectUnfinished: number | null;
}

export const NO_CREATION_LIMITS: CreationLimits = {
  keyCreationsPerMinute: null,
  subjectCreationsPerMinute: null,
  keyUnfinished: null,
  subjectUnfinished: null,
};
