/** What holds for some machines of the plan alone: each setting as the plan has it, or an own one that can be taken back. */
import { Button, Group, Stack } from '@mantine/core';
import { Dialog } from '../../../parts/Dialog.tsx';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { useWizard } from './context.ts';
import type { OwnOptions } from './draft.ts';
import type { Picked } from './effective.ts';
import { fieldGroups, fieldLabel, type FieldName } from './field-names.ts';
import { flavorText, profileText } from './map-columns.tsx';
import { OptionField } from './OptionField.tsx';
import { onMachines, withOwn, withoutOwn } from './own.ts';
import { OwnNetworks } from './OwnNetworks.tsx';
import { badFields } from './problems.ts';
import classes from './Wizard.module.css';

const groups = ['own', 'hardware', 'running', 'server', 'proof', 'where'] as const;
/** A name is of one machine alone. */
const ofOne: readonly FieldName[] = ['targetName'];
const ofPlan: readonly FieldName[] = ['createFlavor'];

export function MachineDialog({ refs, onClose }: { readonly refs: readonly string[]; readonly onClose: () => void }) {
  const { picked } = useWizard();
  const chosen = picked.filter(({ machine }) => refs.includes(machine.ref));
  const [first, ...others] = chosen;
  if (first === undefined) return null;
  const isFixed = chosen.every(({ machine }) => machine.migration !== null);
  const title =
    others.length === 0
      ? t('wizard.ownOf', { name: first.machine.name })
      : t('wizard.ownOfMany', { count: chosen.length, number: numberText(chosen.length) });
  return (
    <Dialog onClose={onClose} title={title} size="xl">
      <Stack gap="md">
        <p className={classes['why']}>{t(isFixed ? 'wizard.stays' : 'wizard.ownWhy')}</p>
        {groups.map((group) => (
          <fieldset key={group} className={classes['group']} disabled={isFixed}>
            <legend>{t(`wizard.group.${group}`)}</legend>
            <div className={classes['fields']}>
              {fieldGroups[group]
                .filter((name) => !ofPlan.includes(name) && (others.length === 0 || !ofOne.includes(name)))
                .map((name) => (
                  <OwnField key={name} name={name} chosen={chosen} />
                ))}
            </div>
          </fieldset>
        ))}
        <OwnNetworks chosen={chosen} isFixed={isFixed} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('wizard.doneHere')}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function OwnField({ name, chosen }: { readonly name: FieldName; readonly chosen: readonly Picked[] }) {
  const { change, facts } = useWizard();
  const [first] = chosen;
  if (first === undefined) return null;
  const refs = new Set(chosen.map(({ machine }) => machine.ref));
  const isOwn = chosen.some(({ machine }) => machine.options[name] !== undefined);
  const isMixed = new Set(chosen.map(({ options }) => JSON.stringify(options[name]))).size > 1;
  const isBad = chosen.some(({ machine }) => badFields(machine.options).includes(name));
  return (
    <div>
      <OptionField
        name={name}
        id={`own-${name}`}
        value={first.options[name]}
        facts={facts}
        note={noteOf(name, chosen, facts)}
        error={isBad ? t('wizard.badValue', { what: fieldLabel(name) }) : null}
        onChange={(value) =>
          change(({ machines }) => ({
            machines: onMachines(machines, refs, (one) => withOwn(one, { [name]: value } as OwnOptions)), // of that name
          }))
        }
      />
      {isMixed && <span className={classes['why']}>{t('wizard.mixed')} </span>}
      {isOwn && (
        <>
          <span className={classes['own']}>● {t('wizard.ownMark')}</span>
          <button
            type="button"
            className={classes['reset']}
            aria-label={t('wizard.resetOf', { about: fieldLabel(name) })}
            onClick={() =>
              change(({ machines }) => ({ machines: onMachines(machines, refs, (one) => withoutOwn(one, name)) }))
            }
          >
            {t('wizard.reset')}
          </button>
        </>
      )}
    </div>
  );
}

function noteOf(name: FieldName, chosen: readonly Picked[], facts: ReturnType<typeof useWizard>['facts']): string {
  const [only, ...others] = chosen;
  if (only === undefined || others.length > 0 || facts === null) return '';
  if (name === 'flavor') return flavorText(only, facts);
  return name === 'profile' ? profileText(only) : '';
}
