/** The overview of a Guts that knows neither a source nor a destination. */
import { Button, Stack } from '@mantine/core';
import { isDesktop } from '../../bridge.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Empty } from '../../parts/Faces.tsx';
import { startDemo, useDemoDoor } from '../../state/demo.ts';
import { useSession } from '../../state/session.ts';
import { t } from '../../texts/t.ts';

export function NothingYet() {
  const isDemo = useSession((view) => view.state === 'ready' && view.engine?.isDemo === true);
  return (
    <Empty title={t('app.name')} why={t('app.promise')} action={isDesktop() && !isDemo ? <DemoDoor /> : undefined} />
  );
}

function DemoDoor() {
  const door = useDemoDoor();
  const open = (): void => void startDemo();
  return (
    <Stack align="center">
      <Button variant="default" loading={door.state === 'opening'} onClick={open}>
        {t('shell.demoStart')}
      </Button>
      {door.state === 'failed' && <ErrorCard error={door.error} onRetry={open} />}
    </Stack>
  );
}
