import { useState } from "react";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { SegmentedControl } from "../design/segmented-control.tsx";
import { formatUtcDay, formatUtcDayAndYear } from "../format/date.ts";
import { formatCount, formatUsd } from "../format/money.ts";
import type { NamedSum } from "./usage-sums.ts";

type Measure = "money" | "videos";

const MEASURES: readonly { value: Measure; label: string }[] = [
  { value: "money", label: "Money" },
  { value: "videos", label: "Videos" },
];

interface Point {
  day: string;
  /** The filled part of a bar, and the framed one on top of it. */
  filled: number;
  framed: number;
}

const LOOKS = {
  money: { filled: "Spent", framed: "Held", format: formatUsd },
  videos: { filled: "Finished", framed: "Not finished", format: formatCount },
} as const;

/** Bars for each day. The table beside it says the same in numbers. */
export function UsageChart({ days }: { days: readonly NamedSum[] }) {
  const [measure, setMeasure] = useState<Measure>("money");
  const look = LOOKS[measure];
  const points = days.map(
    ({ name: day, spentUsd, heldUsd, videos, completed }): Point =>
      measure === "money"
        ? { day, filled: spentUsd, framed: heldUsd }
        : { day, filled: completed, framed: videos - completed },
  );
  return (
    <figure className="usage-chart">
      <div className="usage-chart-head">
        <ul className="usage-legend" aria-label="Legend">
          <li className="usage-legend-filled">{look.filled}</li>
          <li className="usage-legend-framed">{look.framed}</li>
        </ul>
        <SegmentedControl
          legend="What the chart shows"
          hideLegend
          size="small"
          value={measure}
          segments={MEASURES}
          onChange={setMeasure}
        />
      </div>
      <div className="usage-chart-plot">
        <ResponsiveContainer width="100%" height="100%">
          <BarChart
            data={points}
            margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
            barCategoryGap="22%"
            title={`${look.filled} and ${look.framed.toLowerCase()}, by day`}
          >
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="day"
              tickFormatter={(day: string) => formatUtcDay(`${day}T00:00:00Z`)}
              tickLine={false}
              axisLine={false}
              minTickGap={28}
              tickMargin={8}
              tick={{ fill: "var(--ink-soft)", fontSize: 12 }}
            />
            <YAxis
              tickFormatter={(value: number) => look.format(value)}
              allowDecimals={measure === "money"}
              tickLine={false}
              axisLine={false}
              width="auto"
              tick={{ fill: "var(--ink-soft)", fontSize: 12 }}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: "var(--hover)" }}
              content={({ active, payload }) => {
                const point = points.find(({ day }) => day === payload[0]?.payload?.day);
                return active && point !== undefined ? <Told point={point} measure={measure} /> : null;
              }}
            />
            <Bar
              dataKey="filled"
              name={look.filled}
              stackId="day"
              fill="var(--accent)"
              isAnimationActive={false}
              maxBarSize={44}
            />
            <Bar
              dataKey="framed"
              name={look.framed}
              stackId="day"
              fill="var(--accent-soft)"
              stroke="var(--accent)"
              isAnimationActive={false}
              maxBarSize={44}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}

function Told({ point, measure }: { point: Point; measure: Measure }) {
  const look = LOOKS[measure];
  return (
    <div className="usage-told">
      <strong>{formatUtcDayAndYear(`${point.day}T00:00:00Z`)}</strong>
      <span>
        {look.filled} {look.format(point.filled)}
      </span>
      <span>
        {look.framed} {look.format(point.framed)}
      </span>
    </div>
  );
}
