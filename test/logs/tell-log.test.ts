/** What a daemon's log tells of migrations: each stage and each reason once, however often listeners are told. */
import { expect, test } from 'vitest';
import { EventHub } from '../../main/events.ts';
import { Log } from '../../main/logs/log.ts';
import { Redactor } from '../../main/logs/redactor.ts';
import { tellLog } from '../../main/logs/tell-log.ts';
import type { GutsEvent } from '../../main/shared/events.ts';
import { mig } from '../scheduler/samples.ts';

type MigrationEvent = Extract<GutsEvent, { kind: 'migration' }>;

test('a stage is told once, and again when something has come between', async () => {
  const lines: string[] = [];
  const place = { write: (line: string) => void lines.push(line), end: async () => await Promise.resolve() };
  await using log = new Log({ redactor: new Redactor(), places: [place] });
  const events = new EventHub();
  using _telling = tellLog(events, log);
  const tell = (number: number, more: Partial<MigrationEvent>): void =>
    events.tell({
      kind: 'migration',
      id: mig(number),
      vm: `vm-${number}`,
      stage: 'copying',
      isRunning: true,
      isQueued: true,
      waitsFor: null,
      placement: null,
      slowedBy: null,
      ...more,
    });

  tell(1, {});
  tell(1, { isQueued: false }); // a listener wants that, the log has no words for it
  tell(2, {});
  tell(1, {});
  tell(1, { waitsFor: { reason: 'node', says: 'Node “w1” is not heard.', until: null } });
  tell(1, {});
  tell(1, { stage: 'done', isRunning: false });
  tell(1, { stage: 'done', isRunning: false, isQueued: false });

  const told = lines.map((line) => JSON.parse(line) as { id: string; stage: string; waitsFor?: string });
  expect(told.map(({ id, stage, waitsFor = '' }) => [id, stage, waitsFor])).toEqual([
    [mig(1), 'copying', ''],
    [mig(2), 'copying', ''],
    [mig(1), 'copying', 'Node “w1” is not heard.'],
    [mig(1), 'copying', ''],
    [mig(1), 'done', ''],
  ]);
});
