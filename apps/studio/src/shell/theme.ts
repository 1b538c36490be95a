/** `system`: as the system has it, also when that changes. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Read by public/theme.js too, before anything is painted. */
const KEY = "reelwire-theme";

/** The theme that was chosen. */
export function readTheme(): Theme {
  const chosen = document.documentElement.getAttribute("data-theme");
  return THEMES.find((theme) => theme === chosen) ?? "system";
}

/** Shows it, and remembers it where the browser keeps anything. */
export function chooseTheme(theme: Theme): void {
  if (theme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds as long as the page is open.
  }
}
