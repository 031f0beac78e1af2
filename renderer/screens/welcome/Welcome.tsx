/** The first thing that somebody sees who has neither a source nor a cloud: three ways to begin. */
import { Button, Stack, Text, Title } from '@mantine/core';
import { IconFileImport, IconPlugConnected, IconShieldCheck, IconTestPipe } from '@tabler/icons-react';
import { MayButton } from '../../parts/MayButton.tsx';
import { go } from '../../router.ts';
import { t } from '../../texts/t.ts';
import { Checklist } from './Checklist.tsx';
import { Door } from './Door.tsx';
import { PlanFileButton } from './PlanFileButton.tsx';
import classes from './Welcome.module.css';

interface WelcomeProps {
  /** Opens a demo; without it that door is not there. */
  readonly onDemo?: () => void;
}

export function Welcome({ onDemo }: WelcomeProps) {
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
        <Door icon={IconFileImport} title={t('welcome.plan')} why={t('welcome.planWhy')}>
          <PlanFileButton variant="default">{t('openPlan.choose')}</PlanFileButton>
        </Door>
        {onDemo !== undefined && (
          <Door icon={IconTestPipe} title={t('welcome.demo')} why={t('welcome.demoWhy')}>
            <Button variant="default" onClick={onDemo}>
              {t('welcome.demoOpen')}
            </Button>
          </Door>
        )}
      </div>
      <p className={classes['privacy']}>
        <IconShieldCheck size={18} aria-hidden="true" />
        {t('welcome.privacy')}
      </p>
    </Stack>
  );
}

/** The same at an address of its own, for whoever wants to see it again, with what is still to be done. */
export function WelcomePage() {
  return (
    <Stack gap="lg" className={classes['welcome'] ?? ''}>
      <Welcome />
      <Checklist />
    </Stack>
  );
}
