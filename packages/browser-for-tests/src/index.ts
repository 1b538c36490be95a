export { collectComplaints } from "./collect-complaints.ts";
export { findAccessibilityProblems } from "./find-accessibility-problems.ts";
export { startBrowser } from "./start-browser.ts";
