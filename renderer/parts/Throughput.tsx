/** How fast copies have gone: a chart of the last quarter of an hour, or of all that this window has seen. */
import { SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { noRates, type RateLines, type RateSeries } from '../state/rate-series.ts';
import { clockText, rateText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import { Chart } from './Chart.tsx';
import type { ChartLine } from './chart-props.ts';
import classes from './Throughput.module.css';
import { useNow } from './use-now.ts';

interface ThroughputProps {
  readonly title: string;
  readonly series: RateSeries | null;
  /** May be shown one by one instead of the total. */
  readonly parts?: readonly { readonly label: string; readonly series: RateSeries }[];
  /** Whether more is to come. */
  readonly isLive: boolean;
}

const LIVE_EVERY_MS = 1000;
const MOST_POINTS = 240;
/** Below that, a chart shows how often Guts tells more than how fast it copies. */
const LEAST_STEP_MS = 2000;

export function Throughput({ title, series, parts = [], isLive }: ThroughputProps) {
  const [span, setSpan] = useState<'recent' | 'whole'>('recent');
  const [of, setOf] = useState<'total' | 'parts'>('total');
  const now = useNow(isLive ? LIVE_EVERY_MS : null);
  const of1 = (one: RateSeries | null): RateLines =>
    one === null ? noRates : coarser(span === 'recent' ? one.recent(now) : one.whole(now));

  const total = of1(series);
  const isByPart = of === 'parts' && parts.length > 1;
  const times = total.copied.map((_, at) => total.startMs + at * total.stepMs);
  const lines: ChartLine[] = isByPart
    ? parts.map(({ label, series: one }) => ({ name: label, values: onTimes(of1(one), total) }))
    : [
        { name: t('chart.copied'), values: total.copied },
        { name: t('chart.sent'), values: total.sent },
      ];

  return (
    <section className="guts-card" aria-label={title}>
      <div className={classes['head']}>
        <h2 className={classes['title']}>{title}</h2>
        {parts.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label={t('chart.of')}
            value={of}
            onChange={(wish) => setOf(wish === 'parts' ? 'parts' : 'total')}
            data={[
              { value: 'total', label: t('chart.total') },
              { value: 'parts', label: t('chart.perDisk') },
            ]}
          />
        )}
        <SegmentedControl
          size="xs"
          aria-label={t('chart.span')}
          value={span}
          onChange={(wish) => setSpan(wish === 'whole' ? 'whole' : 'recent')}
          data={[
            { value: 'recent', label: t('chart.recent') },
            { value: 'whole', label: t('chart.whole') },
          ]}
        />
      </div>
      {times.length < 2 ? (
        <Text c="dimmed" size="sm">
          {isLive ? t('chart.soon') : t('chart.nothing')}
        </Text>
      ) : (
        <Chart label={title} summary={summaryOf(total)} times={times} lines={lines} valueText={rateText} />
      )}
    </section>
  );
}

function summaryOf({ startMs, stepMs, copied }: RateLines): string {
  const average = copied.reduce((sum, one) => sum + one, 0) / copied.length;
  return t('chart.summary', {
    from: clockText(startMs),
    to: clockText(startMs + copied.length * stepMs),
    average: rateText(average),
    most: rateText(Math.max(...copied)),
  });
}

/** The same in fewer, longer steps, so that the eye sees a line and not a comb. */
function coarser(lines: RateLines): RateLines {
  const { startMs, stepMs, copied, sent } = lines;
  const join = Math.max(Math.ceil(LEAST_STEP_MS / stepMs), Math.ceil(copied.length / MOST_POINTS));
  if (join === 1) return lines;
  // The steps stand still on the clock, or the line would tremble as it moves on.
  const skip = (join - (Math.floor(startMs / stepMs) % join)) % join;
  const joined = (values: readonly number[]): number[] =>
    Array.from({ length: Math.max(0, Math.floor((values.length - skip) / join)) }, (_, at) => {
      const part = values.slice(skip + at * join, skip + (at + 1) * join);
      return part.reduce((sum, one) => sum + one, 0) / join;
    });
  return { startMs: startMs + skip * stepMs, stepMs: stepMs * join, copied: joined(copied), sent: joined(sent) };
}

/** One that began later, or was stepped otherwise, at the times of the total. */
const onTimes = (part: RateLines, total: RateLines): number[] =>
  total.copied.map((_, at) => {
    const place = Math.floor((total.startMs + at * total.stepMs - part.startMs) / part.stepMs);
    return part.copied[place] ?? 0;
  });
