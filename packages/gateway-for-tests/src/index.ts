export { type RunningMain, runMain } from "./run-main.ts";
