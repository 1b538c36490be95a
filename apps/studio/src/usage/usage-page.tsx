import ChartColumn from "lucide-react/icons/chart-column";
import Download from "lucide-react/icons/download";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { useLocation } from "wouter";
import { useSearch } from "wouter/use-browser-location";
import { Button, ButtonLink } from "../design/button.tsx";
import { Card } from "../design/card.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { ErrorState } from "../design/error-state.tsx";
import { Skeleton } from "../design/skeleton.tsx";
import { PageTitle } from "../shell/page-title.tsx";
import { useSession } from "../shell/session.tsx";
import { useModels } from "../shell/use-models.ts";
import { saveFile } from "./save-file.ts";
import { usageCsv, usageFileName } from "./usage-csv.ts";
import { rangeOf, readUsageChoice, usageAddress } from "./usage-range.ts";
import { UsageRangePicker } from "./usage-range-picker.tsx";
import { sumByDay, sumByModel, totalOf } from "./usage-sums.ts";
import { DayTable, ModelTable } from "./usage-tables.tsx";
import { UsageTotals } from "./usage-totals.tsx";
import { useUsage } from "./use-usage.ts";
import "./usage.css";

const UsageChart = lazy(async () => ({ default: (await import("./usage-chart.tsx")).UsageChart }));

/** `/usage`: what videos came to, by day and by model. */
export function UsagePage() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const choice = useMemo(() => readUsageChoice(search), [search]);
  const { from, to } = rangeOf(choice, Date.now());
  const range = useMemo(() => ({ from, to }), [from, to]);
  const { rows, error, isPending, refetch } = useUsage(range);
  const { models } = useModels();
  const days = useMemo(() => rows && sumByDay(rows, range), [rows, range]);
  const { notice } = useSession();
  useEffect(() => notice(error), [notice, error]);

  return (
    <div className="usage">
      <header className="usage-head">
        <div>
          <PageTitle title="Usage" />
          <p>By the day on which a video was accepted, in UTC.</p>
          {models?.[0]?.isEmulated && <p>An emulator stands in for the upstream: nothing is really spent.</p>}
        </div>
        <Button
          icon={Download}
          disabled={rows === null || rows.length === 0}
          onClick={() => rows !== null && saveFile(usageFileName(range), "text/csv;charset=utf-8", usageCsv(rows))}
        >
          Download CSV
        </Button>
      </header>
      <UsageRangePicker choice={choice} range={range} onChange={(chosen) => navigate(usageAddress(chosen))} />
      {error !== null && !isPending ? (
        <ErrorState title="The usage did not load" error={error} onRetry={refetch} />
      ) : rows === null || days === null ? (
        <Loading />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={ChartColumn}
          title="Nothing was made in these days"
          action={
            <ButtonLink href="/" variant="primary">
              Make a video
            </ButtonLink>
          }
        >
          Choose other days, or make a video: it shows here as soon as it is accepted.
        </EmptyState>
      ) : (
        <>
          <UsageTotals total={totalOf(rows)} />
          <Card className="usage-by-day" aria-labelledby="by-day">
            <h2 id="by-day">By day</h2>
            <Suspense fallback={<Skeleton height="18rem" radius="var(--radius)" />}>
              <UsageChart days={days} />
            </Suspense>
            <DayTable days={days} />
          </Card>
          <Card aria-labelledby="by-model">
            <h2 id="by-model">By model</h2>
            <ModelTable models={sumByModel(rows)} />
          </Card>
        </>
      )}
    </div>
  );
}

function Loading() {
  return (
    <div className="usage-loading" role="status">
      <span className="visually-hidden">Loading what was used</span>
      <Skeleton height="6.5rem" radius="var(--radius-large)" />
      <Skeleton height="24rem" radius="var(--radius-large)" />
    </div>
  );
}
