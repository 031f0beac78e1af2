/** Third step: where each network, disk and machine goes; what is proposed says why. */
import { Button, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { ErrorCard } from '../../../parts/ErrorCard.tsx';
import { Empty, Faces, Loading } from '../../../parts/Faces.tsx';
import { t } from '../../../texts/t.ts';
import { retryMachines } from '../machines.ts';
import { reloadCloud, reloadSource } from '../worlds.ts';
import { useWizard } from './context.ts';
import { MachineMap } from './MachineMap.tsx';
import { NetworkMap } from './NetworkMap.tsx';
import { StorageMap } from './StorageMap.tsx';

export function MappingStep() {
  const { draft, source, cloud } = useWizard();
  if (draft.machines.length === 0) return <NeedsFirst step="machines" />;
  if (draft.destination === null) return <NeedsFirst step="destination" />;
  return (
    <Faces of={source} onRetry={() => reloadSource(draft.source ?? '')}>
      {() => (
        <Faces of={cloud} onRetry={() => reloadCloud(draft.destination ?? '')}>
          {({ facts }) => (
            <Machines>
              <Stack gap="lg" mt="sm">
                <NetworkMap facts={facts} />
                <StorageMap facts={facts} />
                <MachineMap facts={facts} />
              </Stack>
            </Machines>
          )}
        </Faces>
      )}
    </Faces>
  );
}

/** Once everything is known of them. */
export function Machines({ children }: { readonly children: ReactNode }) {
  const { unread } = useWizard();
  if (unread === 'loading') return <Loading />;
  return unread === null ? children : <ErrorCard error={unread} onRetry={retryMachines} />;
}

/** What an earlier step has to say before there is anything to do here. */
export function NeedsFirst({ step }: { readonly step: 'machines' | 'destination' }) {
  const { go } = useWizard();
  return (
    <Empty
      title={t(`wizard.needs.${step}`)}
      why={t(`wizard.needsWhy.${step}`)}
      action={<Button onClick={() => go(step)}>{t('wizard.toStep', { step: t(`wizard.step.${step}`) })}</Button>}
    />
  );
}
