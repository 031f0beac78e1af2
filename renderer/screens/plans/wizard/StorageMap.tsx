/** What disks become, for the plan and for the machines of each datastore. */
import { NativeSelect, Text } from '@mantine/core';
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import type { MigrationOptions } from '../../../../main/shared/migration.ts';
import { datastoreNeeds, type DatastoreNeed } from '../../../../main/shared/proposals/needs.ts';
import { numberText, sizeText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { useWizard } from './context.ts';
import type { Draft, DraftMachine } from './draft.ts';
import { choicesFor } from './field-choices.ts';
import { fieldId } from './field-names.ts';
import { OptionField } from './OptionField.tsx';
import classes from './Wizard.module.css';

/** As the plan has it, or an image or a volume of some type. */
type Place = Pick<MigrationOptions, 'boot' | 'volumeType'> | null;

export function StorageMap({ facts }: { readonly facts: CloudFacts }) {
  const { draft, change, picked, world, planWide } = useWizard();
  const vms = picked.flatMap(({ vm }) => vm ?? []);
  const needs = datastoreNeeds(vms, world?.datastores ?? []);
  const setPlan = (more: Draft['options']): void => change(({ options }) => ({ options: { ...options, ...more } }));
  return (
    <section className="guts-card" aria-labelledby="storage-map">
      <Text component="h3" fw={600} id="storage-map" m={0}>
        {t('wizard.storage')}
      </Text>
      <p className={classes['why']}>{t(facts.hasVolumes ? 'wizard.storageWhy' : 'wizard.noVolumes')}</p>
      <div className={classes['fields']}>
        <OptionField
          name="boot"
          id={fieldId('boot')}
          value={planWide.boot ?? 'image'}
          facts={facts}
          isOff={!facts.hasVolumes && planWide.boot !== 'volume'}
          onChange={(value) => setPlan({ boot: value === 'volume' ? 'volume' : 'image' })}
        />
        <OptionField
          name="volumeType"
          id={fieldId('volumeType')}
          value={planWide.volumeType ?? null}
          facts={facts}
          isOff={!facts.hasVolumes}
          onChange={(value) => setPlan({ volumeType: typeof value === 'string' ? value : null })}
        />
      </div>
      <div className={classes['scroll']}>
        <table className={classes['lines']} aria-label={t('wizard.datastores')}>
          <thead>
            <tr>
              <th scope="col">{t('wizard.datastore')}</th>
              <th scope="col">{t('wizard.becomes')}</th>
            </tr>
          </thead>
          <tbody>
            {needs.map((need) => (
              <Line key={need.ref ?? ''} need={need} facts={facts} machines={draft.machines} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const MIXED = 'mixed';
const PLAN = 'plan';

interface LineProps {
  readonly need: DatastoreNeed;
  readonly facts: CloudFacts;
  readonly machines: readonly DraftMachine[];
}

function Line({ need, facts, machines }: LineProps) {
  const { change } = useWizard();
  const refs = new Set(need.machines);
  const places = new Set(machines.filter(({ ref }) => refs.has(ref)).map((one) => wordOf(placeOf(one))));
  const [only = PLAN] = places;
  const name = need.name === '' ? t('wizard.noDatastore') : need.name;
  const types = choicesFor('volumeType', facts);
  const set = (word: string): void =>
    change((draft) => ({
      machines: draft.machines.map((one) => (refs.has(one.ref) && one.migration === null ? placed(one, word) : one)),
    }));
  const choices = [
    { value: PLAN, label: t('wizard.asPlan') },
    { value: 'image ', label: t('wizard.bootImage') },
    ...(facts.hasVolumes
      ? types.map(({ value, label }) => ({ value: `volume ${value}`, label: t('wizard.volumeOf', { type: label }) }))
      : []),
  ];
  const isMixed = places.size > 1;
  const isOdd = !isMixed && !choices.some(({ value }) => value === only);
  return (
    <tr>
      <th scope="row">
        {name}
        <p className={classes['why']}>
          {t('wizard.vmsAndSize', {
            count: need.machines.length,
            number: numberText(need.machines.length),
            size: sizeText(need.bytes),
          })}
        </p>
      </th>
      <td>
        <NativeSelect
          aria-label={t('wizard.becomesOf', { name })}
          value={isMixed ? MIXED : only}
          data={[
            ...(isMixed ? [{ value: MIXED, label: t('wizard.mixed'), disabled: true }] : []),
            ...(isOdd ? [{ value: only, label: only, disabled: true }] : []),
            ...choices,
          ]}
          onChange={({ currentTarget }) => set(currentTarget.value)}
        />
        {isMixed && <p className={classes['why']}>{t('wizard.mixedWhy')}</p>}
      </td>
    </tr>
  );
}

const placeOf = ({ options: { boot, volumeType } }: DraftMachine): Place =>
  boot === undefined && volumeType === undefined ? null : { boot: boot ?? 'image', volumeType: volumeType ?? null };

const wordOf = (place: Place): string => (place === null ? PLAN : `${place.boot} ${place.volumeType ?? ''}`);

function placed(machine: DraftMachine, word: string): DraftMachine {
  const { boot: _boot, volumeType: _type, ...rest } = machine.options;
  if (word === PLAN) return { ...machine, options: rest };
  const [boot = '', ...type] = word.split(' ');
  const volumeType = type.join(' ');
  return {
    ...machine,
    options: {
      ...rest,
      boot: boot === 'volume' ? 'volume' : 'image',
      volumeType: volumeType === '' ? null : volumeType,
    },
  };
}
