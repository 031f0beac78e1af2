/** Every place of the window: its address, its screen, and whether it stands in the rail. */
import {
  IconFileAnalytics,
  IconFileCheck,
  IconHeartbeat,
  IconHome,
  IconListCheck,
  IconPlugConnected,
  IconServer2,
  IconSettings,
  IconTransfer,
  type Icon,
} from '@tabler/icons-react';
import { lazy, type ComponentType } from 'react';
import type { ScreenProps } from './screen-props.ts';
import type { TextKey } from './texts/t.ts';

export interface Route {
  readonly path: string;
  readonly screen: ComponentType<ScreenProps>;
  /** In the rail, in this order; others are reached from one of these. */
  readonly rail?: { readonly title: TextKey; readonly icon: Icon };
}

/** A screen is fetched when it is first shown. */
const screen = <N extends string>(name: N, load: () => Promise<Record<N, ComponentType<ScreenProps>>>) =>
  lazy(async () => ({ default: (await load())[name] }));

export const routes: readonly Route[] = [
  {
    path: '/',
    screen: screen('Overview', async () => await import('./screens/overview/Overview.tsx')),
    rail: { title: 'shell.overview', icon: IconHome },
  },
  { path: '/welcome', screen: screen('Welcome', async () => await import('./screens/welcome/Welcome.tsx')) },
  { path: '/open-plan', screen: screen('OpenPlan', async () => await import('./screens/welcome/OpenPlan.tsx')) },
  {
    path: '/inventory',
    screen: screen('Inventory', async () => await import('./screens/inventory/Inventory.tsx')),
    rail: { title: 'inventory.title', icon: IconServer2 },
  },
  {
    path: '/inventory/:source/:ref',
    screen: screen('Machine', async () => await import('./screens/machine/Machine.tsx')),
  },
  {
    path: '/plans',
    screen: screen('Plans', async () => await import('./screens/plans/Plans.tsx')),
    rail: { title: 'plans.title', icon: IconListCheck },
  },
  { path: '/plans/new', screen: screen('NewPlan', async () => await import('./screens/plans/wizard/NewPlan.tsx')) },
  {
    path: '/plans/template/:template', // before those that have a plan's id there
    screen: screen('NewPlanBy', async () => await import('./screens/plans/wizard/NewPlanBy.tsx')),
  },
  { path: '/plans/:plan', screen: screen('PlanPage', async () => await import('./screens/plans/PlanPage.tsx')) },
  {
    path: '/plans/:plan/edit',
    screen: screen('EditPlan', async () => await import('./screens/plans/wizard/EditPlan.tsx')),
  },
  {
    path: '/plans/:plan/rehearsal',
    screen: screen('Rehearsal', async () => await import('./screens/rehearsal/Rehearsal.tsx')),
  },
  {
    path: '/migrations',
    screen: screen('Migrations', async () => await import('./screens/migrations/Migrations.tsx')),
    rail: { title: 'shell.migrations', icon: IconTransfer },
  },
  {
    path: '/migrations/:id',
    screen: screen('Migration', async () => await import('./screens/migration/Migration.tsx')),
  },
  {
    path: '/connections',
    screen: screen('Connections', async () => await import('./screens/connections/Connections.tsx')),
    rail: { title: 'connections.title', icon: IconPlugConnected },
  },
  {
    path: '/connections/new/source',
    screen: screen('NewSource', async () => await import('./screens/connections/NewSource.tsx')),
  },
  {
    path: '/connections/new/cloud',
    screen: screen('NewCloud', async () => await import('./screens/connections/NewCloud.tsx')),
  },
  {
    path: '/connections/source/:id',
    screen: screen('ConnectionPage', async () => await import('./screens/connections/ConnectionPage.tsx')),
  },
  {
    path: '/connections/cloud/:id',
    screen: screen('ConnectionPage', async () => await import('./screens/connections/ConnectionPage.tsx')),
  },
  {
    path: '/assessments',
    screen: screen('Assessments', async () => await import('./screens/assessments/Assessments.tsx')),
    rail: { title: 'assessment.title', icon: IconFileAnalytics },
  },
  {
    path: '/assessments/:id',
    screen: screen('AssessmentPage', async () => await import('./screens/assessments/AssessmentPage.tsx')),
  },
  {
    path: '/assessments/:id/since/:since',
    screen: screen('ComparisonPage', async () => await import('./screens/assessments/ComparisonPage.tsx')),
  },
  {
    path: '/reports',
    screen: screen('Reports', async () => await import('./screens/reports/Reports.tsx')),
    rail: { title: 'reports.title', icon: IconFileCheck },
  },
  { path: '/reports/audit', screen: screen('AuditLog', async () => await import('./screens/reports/AuditLog.tsx')) },
  { path: '/reports/:id', screen: screen('Report', async () => await import('./screens/report/Report.tsx')) },
  {
    path: '/health',
    screen: screen('Health', async () => await import('./screens/health/Health.tsx')),
    rail: { title: 'health.title', icon: IconHeartbeat },
  },
  { path: '/health/fleet', screen: screen('Fleet', async () => await import('./screens/fleet/Fleet.tsx')) },
  {
    path: '/settings',
    screen: screen('Settings', async () => await import('./screens/settings/Settings.tsx')),
    rail: { title: 'settings.title', icon: IconSettings },
  },
  { path: '/settings/log', screen: screen('LogViewer', async () => await import('./screens/log/LogViewer.tsx')) },
  {
    path: '/settings/log/:migration',
    screen: screen('LogViewer', async () => await import('./screens/log/LogViewer.tsx')),
  },
];
