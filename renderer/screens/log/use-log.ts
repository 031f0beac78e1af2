/** The last lines of the log that fit, asked for again and again while somebody follows them. */
import { useEffect, useRef, useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { LogLevel } from '../../../main/shared/log-line.ts';
import type { MigrationId } from '../../../main/shared/migration.ts';
import type { OutputOf } from '../../../main/shared/operations.ts';
import { call } from '../../api.ts';
import type { Loaded } from '../../state/loaded.ts';

export interface LogFilter {
  readonly level: LogLevel;
  readonly text: string;
  readonly migration: MigrationId | null;
}

type Part = OutputOf<'logs.list'>;

export interface FollowedLog {
  readonly of: Loaded<Part>;
  /** Why what is shown is not the newest. */
  readonly stale: ErrorInfo | null;
  readonly load: () => void;
}

const MOST_LINES = 500;
const EVERY_MS = 2000;
/** Between two letters that are typed. */
const TYPING_MS = 250;

export function useLog({ level, text, migration }: LogFilter, isFollowing: boolean): FollowedLog {
  const [of, setOf] = useState<Loaded<Part>>({ state: 'loading' });
  const [stale, setStale] = useState<ErrorInfo | null>(null);
  const again = useRef((): void => {});
  useEffect(() => {
    const stop = new AbortController();
    let timer = setTimeout(() => void look(), TYPING_MS);
    async function look(): Promise<void> {
      if (document.visibilityState === 'visible') {
        try {
          const wish = {
            level,
            limit: MOST_LINES,
            ...(text === '' ? {} : { text }),
            ...(migration === null ? {} : { migration }),
          };
          const value = await call('logs.list', wish, stop.signal);
          setOf((now) => (isSame(now, value) ? now : { state: 'known', value, asOf: Date.now() }));
          setStale(null);
        } catch (thrown) {
          if (stop.signal.aborted) return;
          const error = toErrorInfo(thrown);
          setOf((now) => (now.state === 'known' ? now : { state: 'failed', error }));
          setStale((now) => now ?? error);
        }
      }
      if (isFollowing && !stop.signal.aborted) timer = setTimeout(() => void look(), EVERY_MS);
    }
    again.current = () => {
      clearTimeout(timer);
      void look();
    };
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [level, text, migration, isFollowing]);
  return { of, stale: of.state === 'known' ? stale : null, load: () => again.current() };
}

/** Nothing new was said: what is shown stays, and with it what somebody has marked or opened. */
function isSame(now: Loaded<Part>, next: Part): boolean {
  if (now.state !== 'known' || now.value.lines.length !== next.lines.length) return false;
  const [last, newest] = [now.value.lines.at(-1), next.lines.at(-1)];
  return JSON.stringify(last) === JSON.stringify(newest) && now.value.lines[0]?.time === next.lines[0]?.time;
}
