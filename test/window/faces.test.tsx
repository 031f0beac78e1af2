/** The first screen's faces: loading, failed, empty and full, as what a reader finds on them. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { ErrorInfo } from '../../main/shared/errors.ts';
import { CommandList } from '../../renderer/parts/CommandList.tsx';
import { commands } from '../../renderer/parts/commands.ts';
import { EngineCard } from '../../renderer/parts/EngineCard.tsx';
import { t } from '../../renderer/texts/t.ts';
import { uptime } from '../../renderer/texts/uptime.ts';

const error: ErrorInfo = { code: 'test.broken', message: 'It broke.', remedy: 'Mend it.', retryable: true };
const figures = { upSeconds: 187.4, jobsRunning: 0, jobsDone: 0, bytesWritten: 0, memoryBytes: 64 * 1024 * 1024 };
const nothing = (): void => {};

describe('the engine’s card', () => {
  const card = (status: Parameters<typeof EngineCard>[0]['status']) =>
    renderToStaticMarkup(<EngineCard status={status} onRestart={nothing} />);

  test('says that the engine is starting, and that this is not all yet', () => {
    const html = card({ state: 'starting' });

    expect(html).toContain(t('engine.startingWhy'));
    expect(html).toContain('aria-busy="true"');
  });

  test('says what failed, what to do, under which code, and offers to try again', () => {
    const html = card({ state: 'failed', error });

    for (const text of ['It broke.', 'Mend it.', 'test.broken', t('engine.restart')]) expect(html).toContain(text);
    expect(html).toContain('role="alert"');
  });

  test('shows the live number, and says why the others stand still when there is nothing to do', () => {
    const html = card({ state: 'running', ...figures });

    expect(html).toMatch(/<dd data-live="">3 min 7 s<\/dd>/);
    expect(html).toContain('64 MiB');
    expect(html).toContain(t('engine.idle'));
  });

  test('shows what was done when something was', () => {
    const html = card({ state: 'running', ...figures, jobsDone: 2, jobsRunning: 1, bytesWritten: 3 * 1024 ** 3 });

    expect(html).toContain('2 done, 1 running');
    expect(html).toContain('3 GiB');
    expect(html).not.toContain(t('engine.idle'));
  });
});

describe('the commands', () => {
  const list = (view: Parameters<typeof CommandList>[0]['view']) =>
    renderToStaticMarkup(<CommandList view={view} onRetry={nothing} />);

  test('wait until it is known how the command line is called', () => {
    expect(list({ state: 'loading' })).toContain(t('commands.loading'));
  });

  test('say why they are not there, and offer to try again', () => {
    const html = list({ state: 'failed', error });

    for (const text of ['It broke.', 'Mend it.', t('commands.retry')]) expect(html).toContain(text);
  });

  test('stand there as they are typed, each with a button that says what it copies', () => {
    const html = list({ state: 'known', facts: { version: '1', command: 'guts', commandFolder: '/home/ada/guts' } });

    for (const { words, title } of commands) {
      expect(html).toContain(`<code>guts ${words}</code>`);
      expect(html).toContain(`aria-label="${t('commands.copyNamed', { title: t(title) })}"`);
    }
    expect(html).toContain('/home/ada/guts');
  });
});

test('a text is filled in where it says so', () => {
  expect(t('app.version', { version: '1.2.3' })).toBe('Version 1.2.3');
  expect(t('app.name')).toBe('Guts');
});

test.each([
  [0, '0 s'],
  [59.9, '59 s'],
  [60, '1 min 0 s'],
  [3599, '59 min 59 s'],
  [7387, '2 h 3 min 7 s'],
])('%d seconds are “%s”', (seconds, text) => {
  expect(uptime(seconds)).toBe(text);
});
