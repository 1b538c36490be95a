/**
 * The times that what is learned about generations tells apart: each 1.25 % after the one before, from a quarter of a
 * second to two hours. A cell is what lies between two of them; the first begins at 0.
 */
export const CELLS = 823;

const FIRST_MS = 250;
/** Cells in which a time grows by the factor e. */
export const CELLS_PER_E = 80;

/** Where each cell begins, in milliseconds, and at the end where the last one ends. */
export const EDGES_MS: Readonly<Float64Array> = Float64Array.from({ length: CELLS + 1 }, (_, cell) => timeAt(cell));

/** The place of a time among the cells: 2.5 is the middle of the third one. The first and the last reach on for ever. */
export function placeOf(ms: number): number {
  if (ms <= FIRST_MS) return Math.max(0, ms) / FIRST_MS;
  return Math.min(CELLS, 1 + CELLS_PER_E * Math.log(ms / FIRST_MS));
}

/** The reverse of `placeOf`. */
export function timeAt(place: number): number {
  return place <= 1 ? FIRST_MS * place : FIRST_MS * Math.exp((place - 1) / CELLS_PER_E);
}

/** A value between two of a list that has one for each edge. */
export function valueAt(list: Readonly<Float64Array>, place: number): number {
  const cell = Math.min(CELLS - 1, Math.floor(place));
  const from = list[cell] ?? 0;
  return from + ((list[cell + 1] ?? 0) - from) * (place - cell);
}
