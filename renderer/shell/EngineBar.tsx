/** Across the top for as long as the window shows an engine elsewhere: which one, whether it answers, and the way back. */
import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { Elsewhere } from '../../main/shared/engine.ts';
import { showEngine, tryEngineNow, useEngines } from '../state/engines.ts';
import type { Session } from '../state/session.ts';
import { timeText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import { EngineDifferences } from './EngineDifferences.tsx';
import classes from './Shell.module.css';

interface EngineBarProps {
  readonly session: Session;
  readonly url: string;
  readonly elsewhere: Elsewhere;
}

export function EngineBar({ session, url, elsewhere }: EngineBarProps) {
  const own = useEngines(({ version }) => version);
  const [isOpen, setIsOpen] = useState(false);
  const { name, version, fit, lost } = elsewhere;
  const said =
    lost === null
      ? { what: t('engine.barIs', { name }), why: t(fits[fit], { url, version, own }) }
      : { what: t('engine.barLost', { name, time: timeText(Date.parse(lost.since)) }), why: triesText(lost.triesAt) };

  return (
    <section className={classes['engineBar']} data-lost={lost !== null || undefined} aria-label={t('engine.bar')}>
      <output title={`${said.what} ${said.why}`}>
        <strong>{said.what}</strong> <span className={classes['barWhy']}>{said.why}</span>
      </output>
      <Group gap="xs" wrap="nowrap">
        {lost === null ? (
          <Button size="compact-sm" variant="default" onClick={() => setIsOpen(true)}>
            {t('engine.differences')}
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" loading={lost.triesAt === null} onClick={tryEngineNow}>
            {t('engine.tryNow')}
          </Button>
        )}
        <Button size="compact-sm" variant="default" onClick={() => void showEngine(null)}>
          {t('engine.showOwn')}
        </Button>
      </Group>
      {isOpen && <EngineDifferences name={name} session={session} onClose={() => setIsOpen(false)} />}
    </section>
  );
}

const fits = { same: 'engine.barSame', older: 'engine.barOlder', newer: 'engine.barNewer' } as const;

const triesText = (triesAt: string | null): string =>
  triesAt === null ? t('engine.barTrying') : t('engine.barLostWhy', { time: timeText(Date.parse(triesAt)) });
