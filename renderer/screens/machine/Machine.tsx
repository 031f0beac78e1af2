/** Everything that is known of one machine, what stands in its way, and what became of it. */
import { Button, Stack } from '@mantine/core';
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import type { Instance } from '../../../main/shared/operations/inventory.ts';
import type { SourceId } from '../../../main/shared/connections.ts';
import { call } from '../../api.ts';
import { Badge } from '../../parts/Badge.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { go } from '../../router.ts';
import { handOver } from '../../state/draft-machines.ts';
import { loadedStore } from '../../state/loaded.ts';
import { onEvent } from '../../state/live.ts';
import { exactText, momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { powerOf, powerText, powerTones } from '../inventory/columns.tsx';
import { isOld } from '../inventory/SourceLines.tsx';
import { Concerns } from './Concerns.tsx';
import { Disks, Nics, Snapshots } from './Devices.tsx';
import { History } from './History.tsx';
import { RawFacts } from './RawFacts.tsx';
import { Summary } from './Summary.tsx';

interface MachineProps {
  /** What stands in the address. */
  readonly params: Readonly<Record<string, string>>;
}

export function Machine({ params }: MachineProps) {
  const source = params['source'] ?? '';
  const ref = params['ref'] ?? '';
  const machine = useMemo(
    () => loadedStore(async () => await call('instances.show', { instance: ref, source })),
    [source, ref],
  );
  useEffect(() => {
    void machine.load();
    return onEvent((event) => {
      if (event.kind === 'gap' || (event.kind === 'inventory' && event.source === source)) void machine.load();
    });
  }, [machine, source]);
  const known = machine.use();

  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        mb="xs"
        leftSection={<IconArrowLeft size={16} aria-hidden="true" />}
        onClick={() => go('/inventory')}
      >
        {t('machine.back')}
      </Button>
      <Faces of={known} onRetry={() => void machine.load()}>
        {(vm) => <Page vm={vm} source={source as SourceId} />}
      </Faces>
    </>
  );
}

interface PageProps {
  readonly vm: Instance;
  /** Of the address; the answer names it by its name. */
  readonly source: SourceId;
}

function Page({ vm, source }: PageProps) {
  const { ref, name, takenAt } = vm;
  const power = { power: vm.power, isTemplate: vm.isTemplate };
  const isHyperv = vm.hyperv !== undefined;
  return (
    <>
      <PageHead
        title={name}
        aside={
          <>
            <Badge tone={powerTones[powerOf(power)]}>{powerText(power)}</Badge>
            <time className="guts-quiet" dateTime={takenAt} title={exactText(takenAt)}>
              {t('shell.asOf', { time: momentText(takenAt) })}
            </time>
            {isOld(takenAt) && <Badge tone="wait">{t('inventory.stale')}</Badge>}
          </>
        }
        actions={
          <MayButton
            takes="operator"
            rightSection={<IconArrowRight size={16} aria-hidden="true" />}
            onClick={() => {
              handOver([{ source, ref, name }]);
              go('/plans/new');
            }}
          >
            {t('machine.move')}
          </MayButton>
        }
      />
      <Stack>
        <Summary vm={vm} />
        <Concerns source={source} vm={ref} />
        <Disks disks={vm.disks} />
        <Nics nics={vm.nics} isHyperv={isHyperv} />
        <Snapshots snapshots={vm.snapshots} isHyperv={isHyperv} />
        <History source={source} vm={ref} />
        <RawFacts vm={vm} />
      </Stack>
    </>
  );
}
