/** A plan as a file: what comes back is what went out, by names and without secrets. */
import { expect, test } from 'vitest';
import { DestinationId, SourceId } from '../../main/shared/connections.ts';
import { MigrationId } from '../../main/shared/migration.ts';
import { documentOf, hasUserData } from '../../main/shared/plan-document.ts';
import type { Plan } from '../../main/shared/plans.ts';
import { PlanId } from '../../main/shared/schedule.ts';
import { planIn } from '../../renderer/screens/welcome/plan-file.ts';

const plan: Plan = {
  id: PlanId.parse('pln_000000000001'),
  name: 'spring',
  source: SourceId.parse('src_000000000001'),
  destination: DestinationId.parse('dst_000000000001'),
  options: { boot: 'volume', userData: 'password: hunter2' },
  window: { opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' },
  notBefore: null,
  priority: 3,
  machines: [
    {
      vm: { ref: 'vm-1', name: 'web-01' },
      wave: 1,
      options: {},
      migration: MigrationId.parse('mig_000000000001'),
    },
    { vm: { ref: 'vm-2', name: 'twin' }, wave: 2, options: { flavor: 'm1.small' }, migration: null },
  ],
  createdAt: '2026-11-21T14:02:00.000Z',
  startedAt: null,
};
const names = {
  ofConnection: (id: string) => (id.startsWith('src') ? 'vc1' : 'os1'),
  isAmbiguous: (vm: string) => vm === 'twin',
};

test('has names instead of ids, no migrations, and nothing of what may be secret', () => {
  const text = documentOf(plan, names);

  expect(JSON.parse(text)).toMatchObject({ schemaVersion: 1, name: 'spring', source: 'vc1', destination: 'os1' });
  expect(text).not.toMatch(/hunter2|userData|mig_|src_|dst_|pln_/);
  expect(hasUserData(plan)).toBe(true);
});

test('is what the window reads back as the same plan', () => {
  expect(planIn('spring.json', documentOf(plan, names))).toMatchObject({
    state: 'read',
    plan: {
      name: 'spring',
      source: 'vc1',
      destination: 'os1',
      options: { boot: 'volume' },
      window: plan.window,
      notBefore: null,
      priority: 3,
      machines: [
        { vm: 'web-01', wave: 1, options: {} },
        { vm: 'vm-2', wave: 2, options: { flavor: 'm1.small' } },
      ],
    },
  });
});
