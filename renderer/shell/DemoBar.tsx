/** Across the top for as long as the window shows a demo: says so, and ends it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import { endDemo } from '../state/demo.ts';
import { t } from '../texts/t.ts';
import classes from './Shell.module.css';

export function DemoBar() {
  const [isEnding, setIsEnding] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const end = (): void => {
    setIsEnding(true);
    endDemo().catch((thrown: unknown) => {
      setIsEnding(false);
      setError(toErrorInfo(thrown));
    });
  };

  return (
    <section className={classes['demoBar']} aria-label={t('shell.demo')}>
      <p>
        <strong>{t('shell.demoIs')}</strong>{' '}
        <span className={classes['demoWhy']}>{error === null ? t('shell.demoWhy') : error.message}</span>
      </p>
      <Button size="compact-sm" variant="default" loading={isEnding} onClick={end}>
        {t('shell.demoEnd')}
      </Button>
    </section>
  );
}
