/** The server that each machine becomes: its flavor with what that wastes, its hardware, its own settings. */
import { Group, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import { Empty } from '../../../parts/Faces.tsx';
import { DataTable } from '../../../parts/table/DataTable.tsx';
import { t } from '../../../texts/t.ts';
import { useWizard } from './context.ts';
import { resetIn } from './own.ts';
import type { Picked } from './effective.ts';
import { fieldId } from './field-names.ts';
import { MachineDialog } from './MachineDialog.tsx';
import { mapColumns } from './map-columns.tsx';
import { OptionField } from './OptionField.tsx';
import classes from './Wizard.module.css';

const keyOf = ({ machine }: Picked): string => machine.ref;

export function MachineMap({ facts }: { readonly facts: CloudFacts }) {
  const { picked, planWide, change } = useWizard();
  const [edited, setEdited] = useState<readonly string[] | null>(null);
  const reset = useResets();
  const columns = useMemo(() => mapColumns(facts, reset), [facts, reset]);
  return (
    <section id="plan-mapped" className="guts-card" aria-labelledby="machine-map">
      <Text component="h3" fw={600} id="machine-map" m={0}>
        {t('wizard.servers')}
      </Text>
      <p className={classes['why']}>{t('wizard.serversWhy')}</p>
      <Group my="xs">
        <OptionField
          name="createFlavor"
          id={fieldId('createFlavor')}
          value={planWide.createFlavor ?? false}
          facts={facts}
          note={facts.mayCreateFlavors ? undefined : t('wizard.mayNotCreateFlavors')}
          isOff={!facts.mayCreateFlavors && planWide.createFlavor !== true}
          onChange={(value) => change(({ options }) => ({ options: { ...options, createFlavor: value === true } }))}
        />
      </Group>
      <DataTable
        id="plan-map"
        label={t('wizard.servers')}
        columns={columns}
        rows={picked}
        keyOf={keyOf}
        onOpen={({ machine }) => setEdited([machine.ref])}
        actions={(rows) => [
          {
            id: 'edit',
            title: t('wizard.editOwn', { count: rows.length }),
            run: (some) => setEdited(some.map(keyOf)),
          },
        ]}
        firstSort={{ column: 'vm', isDown: false }}
        maxHeight="24rem"
        empty={<Empty title={t('wizard.needs.machines')} why={t('wizard.needsWhy.machines')} />}
      />
      {edited !== null && <MachineDialog refs={edited} onClose={() => setEdited(null)} />}
    </section>
  );
}

/** Takes an own setting of a machine back; the same function from one drawing to the next. */
export function useResets(): (ref: string, field: string) => void {
  const { key } = useWizard();
  return useMemo(() => resetIn(key), [key]);
}
