/** Each network of the chosen machines, the network of the cloud that it becomes, and what happens to addresses. */
import { NativeSelect, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { CloudFacts, CloudNetwork } from '../../../../main/shared/cloud.ts';
import { usableNetworks } from '../../../../main/shared/proposals/networks.ts';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { useWizard } from './context.ts';
import { withChoice, type NetworkLine } from './effective.ts';
import { isGuardSaid } from './guard.ts';
import { networkFieldId } from './problems.ts';
import { TwinPanel } from './TwinPanel.tsx';
import { networkTwins, type NetworkTwins } from './twins.ts';
import classes from './Wizard.module.css';

/** So many addresses are shown one by one. */
const MOST_SHOWN = 3;

export function NetworkMap({ facts }: { readonly facts: CloudFacts }) {
  const { lines, picked, world } = useWizard();
  const networks = world?.networks;
  const twins = useMemo(() => networkTwins(picked, lines, networks ?? [], facts), [picked, lines, networks, facts]);
  return (
    <section className="guts-card" aria-labelledby="network-map">
      <Text component="h3" fw={600} id="network-map" m={0}>
        {t('wizard.networks')}
      </Text>
      {lines.length === 0 ? (
        <p className={classes['why']}>{t('wizard.noNetworks')}</p>
      ) : (
        <div className={classes['scroll']}>
          <table className={`${classes['lines']} ${classes['networks']}`} aria-labelledby="network-map">
            <thead>
              <tr>
                <th scope="col">{t('wizard.networkFrom')}</th>
                <th scope="col">{t('wizard.networkTo')}</th>
                <th scope="col">{t('wizard.addresses')}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <Line key={line.need.from} line={line} facts={facts} twins={twins.get(line.need.from) ?? null} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

interface LineProps {
  readonly line: NetworkLine;
  readonly facts: CloudFacts;
  /** Null where all of its machines have a migration already. */
  readonly twins: NetworkTwins | null;
}

function Line({ line, facts, twins }: LineProps) {
  const { change, problems } = useWizard();
  const { need, choice, holds, network } = line;
  const id = networkFieldId(need.from);
  const problem = problems.find(({ field }) => field === id);
  const set = (next: { readonly to: string; readonly ip: string } | null): void =>
    change(({ options }) => ({ options: { ...options, networks: withChoice(options.networks ?? [], need, next) } }));
  const ip = holds?.ip ?? 'keep';
  const { proposal } = line;
  const isGuarded = isGuardSaid(choice);
  const isProposed = isGuarded && choice?.to === proposal?.network.name;
  const hasTwins = holds !== null && network !== null && twins !== null;
  return (
    <>
      <tr data-goes-on={hasTwins ? '' : undefined}>
        <th scope="row">
          {need.name}
          <p className={classes['why']}>
            {need.vlanId !== null && need.vlanId > 0 && `${t('wizard.vlan', { vlan: String(need.vlanId) })} · `}
            {t('wizard.cardsOf', {
              count: need.cards,
              cards: numberText(need.cards),
              machines: numberText(need.machines),
            })}
          </p>
        </th>
        <td>
          <NativeSelect
            id={id}
            aria-label={t('wizard.networkFor', { name: need.name })}
            value={holds?.to ?? ''}
            error={problem?.says}
            data={choicesWith(holds?.to ?? '', facts)}
            onChange={({ currentTarget }) => {
              const to = currentTarget.value;
              // What was proposed of addresses was so for the network before.
              set(to === '' ? null : { to, ip: choice === null ? 'keep' : ip });
            }}
          />
          <p className={classes['why']}>
            {whyText(line)}
            {choice !== null && proposal !== null && !isProposed && (
              <button
                type="button"
                className={classes['reset']}
                onClick={() => set(isGuarded ? { to: proposal.network.name, ip: 'keep' } : null)}
              >
                {t('wizard.takeProposal', { name: proposal.network.name })}
              </button>
            )}
          </p>
        </td>
        <td>
          <NativeSelect
            aria-label={t('wizard.addressesOn', { name: need.name })}
            value={ip === 'auto' ? 'auto' : 'keep'}
            disabled={holds === null}
            data={[
              { value: 'keep', label: t('wizard.ipKeep') },
              { value: 'auto', label: t('wizard.ipAuto') },
            ]}
            onChange={({ currentTarget }) => holds !== null && set({ to: holds.to, ip: currentTarget.value })}
          />
          {network !== null && (
            <p className={classes['why']} data-loses={line.kept.length === 0 && line.lost.length > 0 ? '' : undefined}>
              {addressText(line)}
            </p>
          )}
        </td>
      </tr>
      {hasTwins && (
        <tr>
          <td colSpan={3}>
            <TwinPanel line={line} holds={holds} network={network} twins={twins} facts={facts} />
          </td>
        </tr>
      )}
    </>
  );
}

/** With a network that the cloud does not have, as long as that is what is chosen. */
export function choicesWith(chosen: string, facts: CloudFacts): { readonly value: string; readonly label: string }[] {
  const known = usableNetworks(facts).map((one) => ({ value: one.name, label: networkText(one) }));
  const isThere = chosen === '' || known.some(({ value }) => value === chosen);
  return [
    { value: '', label: t('wizard.choose') },
    ...known,
    ...(isThere ? [] : [{ value: chosen, label: t('wizard.notThere', { name: chosen }) }]),
  ];
}

/** “lan · vxlan 1001 · 192.0.2.0/24”. */
const networkText = ({ name, kind, segmentationId, subnets }: CloudNetwork): string =>
  [name, [kind, segmentationId].filter((one) => one !== null).join(' '), subnets.map(({ cidr }) => cidr).join(', ')]
    .filter((part) => part !== '')
    .join(' · ');

function whyText({ need, proposal, choice, kept }: NetworkLine): string {
  if (choice !== null) return t('wizard.yourChoice');
  if (proposal === null) return t('wizard.noProposal');
  switch (proposal.why) {
    case 'name':
      return t('wizard.why.name');
    case 'vlan':
      return t('wizard.why.vlan', { vlan: String(need.vlanId ?? '') });
    case 'subnet':
      return t('wizard.why.subnet', { addresses: someOf(kept) });
    case 'only':
      return t('wizard.why.only');
  }
}

function addressText({ need, holds, network, kept, lost }: NetworkLine): string {
  if (need.addresses.length === 0) return t('wizard.noAddresses');
  if (kept.length === 0 && lost.length > 0)
    return t('wizard.addressChanges', {
      count: lost.length,
      network: network?.name ?? '',
      addresses: someOf(lost),
    });
  if (holds?.ip === 'auto') return t('wizard.autoAll');
  if (lost.length === 0) return t('wizard.keepsAll', { addresses: someOf(kept) });
  return t('wizard.keepsSome', {
    kept: numberText(kept.length),
    of: numberText(kept.length + lost.length),
    lost: someOf(lost),
  });
}

const someOf = (addresses: readonly string[]): string =>
  addresses.length <= MOST_SHOWN
    ? addresses.join(', ')
    : `${addresses.slice(0, MOST_SHOWN).join(', ')} … (${numberText(addresses.length)})`;
