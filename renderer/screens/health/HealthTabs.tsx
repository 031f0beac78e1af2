/** The two places under “Health”: whether everything is there, and the nodes that migrations run on. */
import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { PageHead } from '../../parts/PageHead.tsx';
import { go } from '../../router.ts';
import { t } from '../../texts/t.ts';

const places = { health: '/health', fleet: '/health/fleet' } as const;

interface HealthTabsProps {
  readonly current: keyof typeof places;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function HealthTabs({ current, actions, children }: HealthTabsProps) {
  return (
    <>
      <PageHead title={t('health.title')} actions={actions} />
      <Tabs value={current} onChange={(to) => go(to === 'fleet' ? places.fleet : places.health)} keepMounted={false}>
        <Tabs.List mb="md" aria-label={t('health.title')}>
          <Tabs.Tab value="health">{t('health.tabAll')}</Tabs.Tab>
          <Tabs.Tab value="fleet">{t('fleet.title')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={current}>{children}</Tabs.Panel>
      </Tabs>
    </>
  );
}
