/** The first thing that somebody sees who has neither a source nor a cloud: three ways to begin. */
import { Button, Stack, Text, Title } from '@mantine/core';
import {
  IconFileAnalytics,
  IconFileImport,
  IconPlugConnected,
  IconShieldCheck,
  IconTestPipe,
} from '@tabler/icons-react';
import { isDesktop } from '../../bridge.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { go } from '../../router.ts';
import { startDemo, useDemoDoor } from '../../state/demo.ts';
import { useSession } from '../../state/session.ts';
import { t } from '../../texts/t.ts';
import { Checklist } from './Checklist.tsx';
import { Door } from './Door.tsx';
import { PlanFileButton } from './PlanFileButton.tsx';
import classes from './Welcome.module.css';

function Doors() {
  const isDemo = useSession((view) => view.state === 'ready' && view.engine?.isDemo === true);
  return (
    <Stack gap="lg" className={classes['welcome'] ?? ''}>
      <div>
        <Title order={1} size="h2">
          {t('welcome.title')}
        </Title>
        <Text size="lg" c="dimmed" mt="xs">
          {t('welcome.why')}
        </Text>
      </div>
      <div className={classes['doors']}>
        <Door icon={IconPlugConnected} title={t('welcome.connect')} why={t('welcome.connectWhy')}>
          <MayButton takes="admin" onClick={() => go('/connections/new/source')}>
            {t('connections.addSource')}
          </MayButton>
        </Door>
        <Door icon={IconFileAnalytics} title={t('welcome.assess')} why={t('welcome.assessWhy')}>
          <Button variant="default" onClick={() => go('/assessments')}>
            {t('assessment.new')}
          </Button>
        </Door>
        <Door icon={IconFileImport} title={t('welcome.plan')} why={t('welcome.planWhy')}>
          <PlanFileButton variant="default">{t('openPlan.choose')}</PlanFileButton>
        </Door>
        {isDesktop() && !isDemo && <DemoDoor />}
      </div>
      <p className={classes['privacy']}>
        <IconShieldCheck size={18} aria-hidden="true" />
        {t('welcome.privacy')}
      </p>
    </Stack>
  );
}

/** The same at an address of its own, for whoever wants to see it again, with what is still to be done. */
function DemoDoor() {
  const door = useDemoDoor();
  const open = (): void => void startDemo();
  return (
    <Door icon={IconTestPipe} title={t('welcome.demo')} why={t('welcome.demoWhy')}>
      <Button variant="default" loading={door.state === 'opening'} onClick={open}>
        {t('shell.demoStart')}
      </Button>
      {door.state === 'failed' && <ErrorCard error={door.error} onRetry={open} />}
    </Door>
  );
}

export function Welcome() {
  return (
    <Stack gap="lg" className={classes['welcome'] ?? ''}>
      <Doors />
      <Checklist />
    </Stack>
  );
}
