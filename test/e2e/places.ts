/** Every screen of the window, once: where it is, and how it comes to its full face. */
import type { Page } from 'playwright-core';
import { routes } from '../../renderer/routes.tsx';
import type { ApiClient } from '../../main/shared/client/client.ts';
import { until } from '../support/until.ts';

const idOf = ([first]: readonly { readonly id: string }[]): string => first?.id ?? 'none';

export interface Place {
  readonly name: string;
  readonly path: string;
  /** What is still to be done there. */
  readonly after?: (page: Page) => Promise<void>;
}

const nameOf = (path: string): string => path.slice(1).replaceAll('/', '-') || 'overview';

/** Those that need nothing else to be known. */
export const places: readonly Place[] = routes
  .filter(({ path }) => !path.includes(':'))
  .map(({ path }) => ({ name: nameOf(path), path }));

/** What the demo has, with one machine that was moved and one that could not be: every route has a place here. */
export async function placesOfDemo(client: ApiClient): Promise<Place[]> {
  const between = { source: 'Frankfurt vCenter', destination: 'Company cloud' };
  const moved = async (vm: string): Promise<string> => {
    const { request } = await client.call('migrations.create', { ...between, vm, start: true });
    return request.id;
  };
  const [done, failed] = await Promise.all([moved('web-portal-01'), moved('san-db-01')]);
  await until(
    async () => (await client.call('migrations.rows', {})).rows,
    (rows) => rows.some(({ stage }) => stage === 'done') && rows.some(({ stage }) => stage === 'failed'),
  );
  const { plans } = await client.call('plans.list', {});
  const { sources } = await client.call('sources.list', {});
  const { destinations } = await client.call('destinations.list', {});
  const { id: assessment } = await client.call('assessments.create', between);
  const { id: since } = await client.call('assessments.create', between);
  await client.call('planTemplates.save', { plan: idOf(plans), name: 'spring' });
  const { instances } = await client.call('instances.list', { name: 'san-db-01' });
  const edit = (step: string, after?: Place['after']): Place => ({
    name: `plan-edit-${step.toLowerCase()}`,
    path: `/plans/${idOf(plans)}/edit`,
    after: async (page) => {
      const steps = page.getByRole('navigation', { name: 'Steps of the plan' });
      await steps.getByRole('button', { name: new RegExp(`^${step}`) }).click();
      await page.getByRole('heading', { name: step, exact: true }).waitFor();
      await after?.(page);
    },
  });
  return [
    ...places,
    { name: 'settings-log-migration', path: `/settings/log/${failed}` },
    { name: 'machine', path: `/inventory/${idOf(sources)}/${instances[0]?.ref}` },
    { name: 'plan', path: `/plans/${idOf(plans)}` },
    edit('Machines'),
    edit('Destination'),
    edit('Mapping'),
    edit('Options'),
    edit('Check', async (page) => {
      const check = page.getByRole('button', { name: /^Check \d+ VMs( again)?$/ });
      if ((await check.textContent())?.endsWith('again') === false) await check.click();
      await page.getByRole('button', { name: /^Check \d+ VMs again$/ }).waitFor();
    }),
    edit('Review'),
    { name: 'migration-done', path: `/migrations/${done}` },
    { name: 'migration-failed', path: `/migrations/${failed}` },
    { name: 'connection-source', path: `/connections/source/${idOf(sources)}` },
    { name: 'connection-cloud', path: `/connections/cloud/${idOf(destinations)}` },
    { name: 'report', path: `/reports/${done}` },
    { name: 'plan-from-template', path: '/plans/template/spring' },
    { name: 'rehearsal', path: `/plans/${idOf(plans)}/rehearsal` },
    { name: 'assessment', path: `/assessments/${assessment}` },
    { name: 'comparison', path: `/assessments/${assessment}/since/${since}` },
  ];
}
