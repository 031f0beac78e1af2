/** The lines, oldest first; at the newest as long as somebody follows them. */
import { Box } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { memo, useEffect, useRef } from 'react';
import type { LogLevel, LogLine } from '../../../main/shared/log-line.ts';
import { exactText, stampText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Log.module.css';
import { fieldText } from './plain-text.ts';

const signs: Readonly<Record<LogLevel, typeof IconInfoCircle>> = {
  info: IconInfoCircle,
  warn: IconAlertTriangle,
  error: IconCircleX,
};

interface LogLinesProps {
  readonly lines: readonly LogLine[];
  readonly isFollowing: boolean;
}

export function LogLines({ lines, isFollowing }: LogLinesProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isFollowing && lines.length > 0) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [lines, isFollowing]);
  return (
    <Box
      ref={list}
      className={classes['lines'] ?? ''}
      role="log"
      aria-label={t('log.title')}
      aria-live="off"
      tabIndex={0}
    >
      {keyed(lines).map(([key, line]) => (
        <Line key={key} line={line} />
      ))}
    </Box>
  );
}

const Line = memo(function Line({ line: { time, level, what, fields } }: { readonly line: LogLine }) {
  const Sign = signs[level];
  const { detail, ...rest } = fields;
  return (
    <div className={classes['line']} data-level={level}>
      <time className={classes['time']} dateTime={time} title={exactText(time)}>
        {stampText(time)}
      </time>
      <span className={classes['level']}>
        <Sign size={14} aria-hidden="true" />
        {t(`log.${level}`)}
      </span>
      <span className={classes['what']}>{what}</span>
      <div className={classes['fields']}>
        {Object.entries(rest).map(([name, value]) => (
          <span key={name}>
            <b>{name}</b> {fieldText(value)}{' '}
          </span>
        ))}
        {detail !== undefined && (
          <details>
            <summary>{firstLine(fieldText(detail))}</summary>
            <pre>{fieldText(detail)}</pre>
          </details>
        )}
      </div>
    </div>
  );
});

/** A line keeps its key while older ones leave, and so what somebody has opened of it. */
function keyed(lines: readonly LogLine[]): (readonly [key: string, line: LogLine])[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const nth = (seen.get(line.time) ?? 0) + 1;
    seen.set(line.time, nth);
    return [`${line.time} ${nth}`, line];
  });
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
