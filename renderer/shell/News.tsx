/**
 * Says what changes to those who look elsewhere, or hear instead: one sentence for screen readers at most every ten
 * seconds, and a note about what has arrived while another screen is open.
 */
import { VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { toast } from '../parts/toast.ts';
import { pathOf, place } from '../router.ts';
import { useActivity, type Activity } from '../state/activity.ts';
import { t } from '../texts/t.ts';

const AT_MOST_EVERY_MS = 10_000;
const MOST_NAMED = 3;

type OfMigration = Extract<Activity, { kind: 'migration' }>;
interface MigrationNews extends Pick<OfMigration, 'id' | 'vm' | 'stage'> {
  /** Its screen was open when it happened. */
  readonly isSeen: boolean;
}

export function News() {
  const [said, setSaid] = useState('');
  useEffect(() => {
    let waiting: readonly MigrationNews[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastMs = 0;
    const tell = (): void => {
      timer = undefined;
      lastMs = Date.now();
      setSaid(sentenceOf(waiting));
      noteDone(waiting);
      waiting = [];
    };
    const follow = useActivity.subscribe(({ entries }, before) => {
      const old = before.entries[0]?.key ?? 0;
      const fresh = entries.flatMap((one): MigrationNews[] => {
        if (one.key <= old || one.kind !== 'migration' || !one.isNews) return [];
        return [{ id: one.id, vm: one.vm, stage: one.stage, isSeen: isInSight(one.id) }];
      });
      if (fresh.length === 0) return;
      waiting = [...fresh, ...waiting];
      timer ??= setTimeout(tell, Math.max(0, lastMs + AT_MOST_EVERY_MS - Date.now()));
    });
    return () => {
      follow();
      clearTimeout(timer);
    };
  }, []);
  return (
    <VisuallyHidden component="output" aria-live="polite">
      {said}
    </VisuallyHidden>
  );
}

/** The last that is known of each. */
function latestOf(news: readonly MigrationNews[]): readonly MigrationNews[] {
  const seen = new Map<string, MigrationNews>();
  for (const one of news) if (!seen.has(one.id)) seen.set(one.id, one);
  return [...seen.values()];
}

function sentenceOf(news: readonly MigrationNews[]): string {
  const latest = latestOf(news);
  const named = latest.slice(0, MOST_NAMED).map(({ vm, stage }) => `${vm}: ${t(`stage.${stage}`)}`);
  const more = latest.length - named.length;
  return [...named, ...(more > 0 ? [t('acting.andMore', { count: more })] : [])].join('. ');
}

function noteDone(news: readonly MigrationNews[]): void {
  const done = latestOf(news).filter(({ stage, isSeen }) => stage === 'done' && !isSeen);
  const [first] = done;
  if (first === undefined) return;
  const to = done.length === 1 ? pathOf('migrations', first.id) : '/migrations';
  toast(<a href={`#${to}`}>{t('news.open')}</a>, {
    title: done.length === 1 ? t('news.done', { vm: first.vm }) : t('news.doneMany', { count: done.length }),
  });
}

const isInSight = (id: string): boolean => place() === '/migrations' || place() === pathOf('migrations', id);
