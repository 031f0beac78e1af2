/** Fourth step: how machines are brought to rest, what the servers get, how they are proved, and when all this may start. */
import { Checkbox, Stack, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Empty } from '../../../parts/Faces.tsx';
import { DataTable } from '../../../parts/table/DataTable.tsx';
import { NumberField } from '../../../parts/NumberField.tsx';
import { t } from '../../../texts/t.ts';
import { useWizard } from './context.ts';
import { optionsFor, type OwnOptions } from './draft.ts';
import type { Picked } from './effective.ts';
import { fieldGroups, fieldId, type FieldName } from './field-names.ts';
import { MachineDialog } from './MachineDialog.tsx';
import { useResets } from './MachineMap.tsx';
import { OptionField } from './OptionField.tsx';
import { overrideColumns } from './override-columns.tsx';
import { isoOf, localOf } from './local-moment.ts';
import { WindowFields } from './WindowFields.tsx';
import classes from './Wizard.module.css';

const groups = ['running', 'server', 'proof', 'where'] as const;

export function OptionsStep() {
  const { draft, change, facts, problems } = useWizard();
  const holds = optionsFor(draft.options);
  const set = (more: OwnOptions): void => change(({ options }) => ({ options: { ...options, ...more } }));
  const problemAt = (field: string): string | null => problems.find((one) => one.field === field)?.says ?? null;
  const isOff = (name: FieldName): boolean => name === 'shutDownTimeoutSeconds' || name === 'mayPullPlug';
  return (
    <Stack gap="md">
      {groups.map((group) => (
        <fieldset key={group} className={classes['group']}>
          <legend>{t(`wizard.group.${group}`)}</legend>
          <div className={classes['fields']}>
            {fieldGroups[group].map((name) => (
              <OptionField
                key={name}
                name={name}
                id={fieldId(name)}
                value={holds[name]}
                facts={facts}
                note={noteOf(name)}
                error={problemAt(fieldId(name))}
                isOff={holds.whileRunning === 'snapshot' && isOff(name)}
                onChange={(value) => set({ [name]: value } as OwnOptions)} // of that name
              />
            ))}
          </div>
        </fieldset>
      ))}
      <fieldset className={classes['group']}>
        <legend>{t('wizard.group.warnings')}</legend>
        <Checkbox
          label={t('wizard.acceptAll')}
          description={t('wizard.acceptAllWhy')}
          checked={holds.accept === 'all'}
          onChange={({ currentTarget }) => set({ accept: currentTarget.checked ? 'all' : [] })}
        />
      </fieldset>
      <fieldset className={classes['group']}>
        <legend>{t('wizard.group.when')}</legend>
        <Stack gap="sm">
          <WindowFields window={draft.window} onChange={(window) => change(() => ({ window }))} problemAt={problemAt} />
          <div className={classes['fields']}>
            <TextInput
              type="datetime-local"
              label={t('wizard.notBefore')}
              description={t('wizard.notBeforeWhy')}
              value={localOf(draft.notBefore)}
              onChange={({ currentTarget }) => {
                const notBefore = isoOf(currentTarget.value);
                change(() => ({ notBefore }));
              }}
            />
            <NumberField
              id="plan-priority"
              label={t('plans.priority')}
              description={t('wizard.priorityWhy')}
              value={Number.isFinite(draft.priority) ? draft.priority : null}
              error={problemAt('plan-priority')}
              onChange={(priority) => change(() => ({ priority: priority ?? Number.NaN }))}
            />
          </div>
        </Stack>
      </fieldset>
      {draft.machines.length > 0 && <Overrides />}
    </Stack>
  );
}

const keyOf = ({ machine }: Picked): string => machine.ref;

function Overrides() {
  const { picked, facts } = useWizard();
  const [edited, setEdited] = useState<readonly string[] | null>(null);
  const reset = useResets();
  const columns = useMemo(() => overrideColumns(facts, reset), [facts, reset]);
  return (
    <section id="plan-overrides" className="guts-card" aria-labelledby="overrides">
      <Text component="h3" fw={600} id="overrides" m={0}>
        {t('wizard.overrides')}
      </Text>
      <p className={classes['why']}>{t('wizard.overridesWhy')}</p>
      <DataTable
        id="plan-overrides"
        label={t('wizard.overrides')}
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

function noteOf(name: FieldName): string {
  switch (name) {
    case 'whileRunning':
    case 'shutDownTimeoutSeconds':
    case 'mayPullPlug':
    case 'keepMac':
    case 'keepImages':
    case 'bootTimeoutSeconds':
    case 'consoleMarker':
    case 'reachablePort':
    case 'nodeTags':
      return t(`wizard.note.${name}`);
    default:
      return '';
  }
}
