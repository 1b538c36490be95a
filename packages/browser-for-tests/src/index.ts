export { collectComplaints } from "./collect-complaints.ts";
export { findAccessibilityProblems } from "./find-accessibility-problems.ts";
export { playVideo } from "./play-video.ts";
export { type BrowserOptions, startBrowser } from "./start-browser.ts";
