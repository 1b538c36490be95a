export { type RunningMain, runMain } from "./run-main.ts";
export { type RunningWithEmulator, type RunWithEmulatorOptions, runWithEmulator } from "./run-with-emulator.ts";
export { solidPng } from "./solid-png.ts";
