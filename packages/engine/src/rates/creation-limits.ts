/** How much one key, or one subject of a project, may make, on all nodes together; `null`: no limit. Whole numbers from 1. */
export interface CreationLimits {
  /** As many may be made at once, and more as time passes, evenly. */
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
