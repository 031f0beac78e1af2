/** A worker's share of the limits: what it says holds, also while nothing is heard, until its time is over. */
import { expect, test } from 'vitest';
import { Limits } from '../../main/fleet/worker/limits.ts';
import type { Wish } from '../../main/shared/fleet.ts';
import { mig, src } from '../scheduler/samples.ts';

type Share = Extract<Wish, { kind: 'bandwidth' }>;
const vc = src('vc');
const [a, b] = [mig('a'), mig('b')];
const share = (change: Partial<Share> = {}): Share => ({
  kind: 'bandwidth',
  all: 500,
  perSource: { [vc]: 300 },
  perDatastore: [{ source: vc, datastore: 'ds1', rate: 100 }],
  perMigration: { [a]: null },
  forMs: 60_000,
  ...change,
});

class Table {
  readonly size = 20;
  readonly rates = new Map<number, number | null>();
  readonly limits = new Limits(this);

  set(bucket: number, rate: number | null): void {
    this.rates.set(bucket, rate);
  }

  /** Everything, source, own, datastores. */
  begin(id: typeof a, isLimited: boolean): { now(): (number | null | undefined)[] } & Disposable {
    const { buckets, [Symbol.dispose]: end } = this.limits.forRun({
      id,
      source: vc,
      datastores: ['ds1', 'ds2'],
      isLimited,
    });
    return { now: () => buckets.map((bucket) => this.rates.get(bucket)), [Symbol.dispose]: end };
  }
}

test('what is limited stands still until a share names it, and goes by that then', () => {
  const table = new Table();
  using first = table.begin(a, true);
  expect(first.now()).toEqual([null, null, 1, null, null]);

  table.limits.set(share());
  expect(first.now()).toEqual([500, 300, null, 100, null]);

  using second = table.begin(b, true);
  expect(second.now()).toEqual([500, 300, 1, 100, null]);
  table.limits.set(share({ all: 700, perMigration: { [a]: null, [b]: 50 } }));
  expect([first.now(), second.now()]).toEqual([
    [700, 300, null, 100, null],
    [700, 300, 50, 100, null],
  ]);
});

test('a share is kept until its time is over; then nothing is sent until there is another', async () => {
  const table = new Table();
  using run = table.begin(a, true);
  table.limits.set(share({ forMs: 50 }));
  expect(run.now()).toEqual([500, 300, null, 100, null]);

  await expect.poll(run.now).toEqual([1, 1, 1, 1, 1]);

  table.limits.set(share({ all: null, perSource: {}, perDatastore: [], forMs: null }));
  expect(run.now()).toEqual([null, null, null, null, null]);
});

test('what is not limited is not slowed by a share that was of others, which are over', () => {
  const table = new Table();
  const before = table.begin(a, true);
  table.limits.set(share());
  before[Symbol.dispose]();

  using run = table.begin(b, false);

  expect(run.now()).toEqual([null, null, null, null, null]);
});

test('a share that has come before its migration is there for it, whoever ends meanwhile', () => {
  const table = new Table();
  const before = table.begin(a, true);
  table.limits.set(share({ perMigration: { [b]: null } }));
  before[Symbol.dispose]();

  using run = table.begin(b, true);

  expect(run.now()).toEqual([500, 300, null, 100, null]);
});
