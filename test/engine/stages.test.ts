/** The stage table, checked as a whole: no dead ends, no way around the rules of a migration's life. */
import { expect, test } from 'vitest';
import { exits, next, Stage } from '../../main/shared/stages.ts';

const ends: readonly Stage[] = ['cancelled', 'rolledBack', 'given'];
/** No event leads there: another Guts has it since. */
const byHandover: readonly Stage[] = ['given'];

test('every stage can be reached, and every stage but the ends can be left', () => {
  const reached = new Set<Stage>(['planned']);
  for (const stage of reached) for (const to of Object.values(exits[stage])) reached.add(to);

  expect([...reached, ...byHandover].toSorted()).toEqual(Stage.options.toSorted());
  for (const stage of Stage.options) expect(Object.keys(exits[stage]).length > 0).toBe(!ends.includes(stage));
});

test('nothing is done that was not verified', () => {
  const leadingToDone = Stage.options.filter((stage) => Object.values(exits[stage]).includes('done'));

  expect(leadingToDone).toEqual(['verifying']);
});

test('what waits in the queue can still be stopped by what has changed meanwhile', () => {
  expect(exits.queued).toEqual({ admitted: 'preparing', fail: 'failed', cancel: 'cleaning' });
});

test('a cutover that began is finished or fails: it cannot be cancelled', () => {
  expect(exits.cuttingOver.cancel).toBeUndefined();
});

test('what has been made is cleaned away before a migration counts as cancelled', () => {
  const makes: readonly Stage[] = [
    'preparing',
    'copying',
    'syncing',
    'readyForCutover',
    'provisioning',
    'booting',
    'verifying',
    'paused',
    'waiting',
    'failed',
  ];

  for (const stage of makes) expect(exits[stage].cancel).toBe('cleaning');
});

test('an event that a stage does not know is a fault, not a step', () => {
  expect(() => next('done', 'copied')).toThrow('does not lead out of');
});
