// Before anything is painted, so that nobody who chose dark is shown a flash of light. The choice itself: src/shell/theme.ts.
try {
  const theme = localStorage.getItem("reelwire-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing follows the system.
}
