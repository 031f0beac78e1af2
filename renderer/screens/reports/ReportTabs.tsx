/** The two places under “Reports”: reports, and the audit log. */
import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { PageHead } from '../../parts/PageHead.tsx';
import { go } from '../../router.ts';
import { t } from '../../texts/t.ts';

const places = { reports: '/reports', audit: '/reports/audit' } as const;

interface ReportTabsProps {
  readonly current: keyof typeof places;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function ReportTabs({ current, actions, children }: ReportTabsProps) {
  return (
    <>
      <PageHead title={t('reports.title')} actions={actions} />
      <Tabs value={current} onChange={(to) => go(to === 'audit' ? places.audit : places.reports)} keepMounted={false}>
        <Tabs.List mb="md" aria-label={t('reports.title')}>
          <Tabs.Tab value="reports">{t('reports.tabReports')}</Tabs.Tab>
          <Tabs.Tab value="audit">{t('reports.tabAudit')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={current}>{children}</Tabs.Panel>
      </Tabs>
    </>
  );
}
