import Monitor from "lucide-react/icons/monitor";
import Moon from "lucide-react/icons/moon";
import Sun from "lucide-react/icons/sun";
import { useState } from "react";
import { SegmentedControl } from "../design/segmented-control.tsx";
import { chooseTheme, readTheme, type Theme } from "./theme.ts";

const SEGMENTS = [
  { value: "system", label: null, icon: Monitor, name: "As the system" },
  { value: "light", label: null, icon: Sun, name: "Light" },
  { value: "dark", label: null, icon: Moon, name: "Dark" },
] as const;

export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(readTheme);
  return (
    <SegmentedControl
      legend="Theme"
      hideLegend
      size="small"
      segments={SEGMENTS}
      value={theme}
      onChange={(chosen) => {
        chooseTheme(chosen);
        setTheme(chosen);
      }}
    />
  );
}
