/** Where the network cards of some machines lead, where that is not as the plan has it; also one address for one card. */
import { NativeSelect, TextInput } from '@mantine/core';
import { z } from 'zod';
import type { NetworkChoice } from '../../../../main/shared/migration.ts';
import { networkNeeds } from '../../../../main/shared/proposals/needs.ts';
import { t } from '../../../texts/t.ts';
import { useWizard } from './context.ts';
import { networkLines, networksOf, withChoice, withGuard, type Picked } from './effective.ts';
import { GuardDoubt, GuardFields } from './GuardFields.tsx';
import { choicesWith } from './NetworkMap.tsx';
import { onMachines, withOwn, withoutOwn } from './own.ts';
import classes from './Wizard.module.css';

const FIXED = 'fixed';
const Address = z.union([z.ipv4(), z.ipv6()]);

export function OwnNetworks({ chosen, isFixed }: { readonly chosen: readonly Picked[]; readonly isFixed: boolean }) {
  const { change, facts, world } = useWizard();
  const [first] = chosen;
  if (facts === null || world === null || first === undefined) return null;
  const needs = networkNeeds(
    chosen.flatMap(({ vm }) => vm ?? []),
    world.networks,
  );
  const lines = networkLines(needs, first.options.networks, facts);
  const refs = new Set(chosen.map(({ machine }) => machine.ref));
  const isOwn = chosen.some(({ machine }) => machine.options.networks !== undefined);
  const now = networksOf(lines, first.options.networks);
  const set = ({ need }: (typeof lines)[number], next: Pick<NetworkChoice, 'to' | 'ip'>): void =>
    write(withChoice(now, need, next));
  const write = (choices: NetworkChoice[]): void => {
    change(({ machines }) => ({ machines: onMachines(machines, refs, (one) => withOwn(one, { networks: choices })) }));
  };
  const reset = (): void =>
    change(({ machines }) => ({ machines: onMachines(machines, refs, (one) => withoutOwn(one, 'networks')) }));
  return (
    <fieldset className={classes['group']} disabled={isFixed}>
      <legend>{t('wizard.networks')}</legend>
      {lines.length === 0 && <p className={classes['why']}>{t('wizard.noNetworks')}</p>}
      {lines.map((line) => {
        const { need, holds, network } = line;
        const ip = holds?.ip ?? 'keep';
        const isAddress = ip !== 'keep' && ip !== 'auto';
        const mayFix = need.cards === 1;
        return (
          <div key={need.from}>
            <div className={classes['fields']}>
              <NativeSelect
                label={t('wizard.networkFor', { name: need.name })}
                value={holds?.to ?? ''}
                data={choicesWith(holds?.to ?? '', facts)}
                onChange={({ currentTarget }) => set(line, { to: currentTarget.value, ip })}
              />
              <NativeSelect
                label={t('wizard.addressesOn', { name: need.name })}
                value={isAddress ? FIXED : ip}
                disabled={holds === null}
                data={[
                  { value: 'keep', label: t('wizard.ipKeep') },
                  { value: 'auto', label: t('wizard.ipAuto') },
                  ...(mayFix ? [{ value: FIXED, label: t('wizard.ipFixed') }] : []),
                ]}
                onChange={({ currentTarget }) =>
                  set(line, {
                    to: holds?.to ?? '',
                    ip: currentTarget.value === FIXED ? (need.addresses[0] ?? '') : currentTarget.value,
                  })
                }
              />
              {isAddress && (
                <TextInput
                  label={t('wizard.fixedAddress', { name: need.name })}
                  value={ip}
                  error={Address.safeParse(ip).success ? null : t('wizard.badAddress')}
                  onChange={({ currentTarget }) => set(line, { to: holds?.to ?? '', ip: currentTarget.value })}
                />
              )}
            </div>
            {holds !== null && network !== null && (
              <>
                <GuardDoubt guard={holds} network={network} facts={facts} />
                <GuardFields
                  name={need.name}
                  guard={holds}
                  network={network}
                  facts={facts}
                  set={(guard) => write(withGuard(now, need, holds, guard))}
                />
              </>
            )}
          </div>
        );
      })}
      {isOwn && (
        <>
          <span className={classes['own']}>● {t('wizard.ownMark')}</span>
          <button
            type="button"
            className={classes['reset']}
            aria-label={t('wizard.resetOf', { about: t('wizard.networks') })}
            onClick={reset}
          >
            {t('wizard.reset')}
          </button>
        </>
      )}
    </fieldset>
  );
}
