/** Beside a network: what its ports would drop of what the virtual switch let pass, and what can be chosen about it. */
import { Button, Collapse, Group } from '@mantine/core';
import { useId, useState, type ReactNode } from 'react';
import type { CloudFacts, CloudNetwork } from '../../../../main/shared/cloud.ts';
import type { NetworkChoice } from '../../../../main/shared/migration.ts';
import { choiceFor } from '../../../../main/shared/proposals/networks.ts';
import type { TwinWeight } from '../../../../main/shared/twin.ts';
import { Badge, type Tone } from '../../../parts/Badge.tsx';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { useWizard } from './context.ts';
import { withGuard, type NetworkLine } from './effective.ts';
import { fieldId } from './field-names.ts';
import { isGuardSaid, mayNot, withMoreOf, type Guard } from './guard.ts';
import { GuardDoubt, GuardFields } from './GuardFields.tsx';
import { onMachines, withOwn } from './own.ts';
import { portsFieldId } from './problems.ts';
import { someNames } from './some-names.ts';
import type { NetworkTwins, TwinTold, TwinWayOut } from './twins.ts';
import classes from './Twins.module.css';

const tones: Readonly<Record<TwinWeight, Tone>> = { drops: 'bad', mayDrop: 'wait', passes: 'good' };

interface TwinPanelProps {
  readonly line: NetworkLine;
  readonly holds: NetworkChoice;
  readonly network: CloudNetwork;
  readonly twins: NetworkTwins;
  readonly facts: CloudFacts;
}

export function TwinPanel({ line: { need }, holds, network, twins, facts }: TwinPanelProps) {
  const { change } = useWizard();
  const [isOpen, setIsOpen] = useState(false);
  const { told, byPlan } = twins;
  const set = (guard: Guard): void =>
    change(({ options }) => ({
      options: { ...options, networks: withGuard(options.networks ?? [], need, holds, guard) },
    }));
  return (
    <section id={portsFieldId(need.from)} aria-label={t('wizard.twin.title', { name: need.name })}>
      <Group gap="sm">
        <Standing told={told} holds={holds} network={network} facts={facts} />
        <Button size="compact-xs" mih={24} variant="default" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {t(isOpen ? 'wizard.twin.hide' : 'wizard.twin.show', { name: need.name })}
        </Button>
      </Group>
      <Collapse expanded={isOpen}>
        {isOpen && (
          <>
            <GuardDoubt guard={holds} network={network} facts={facts} />
            <ul className={classes['told']}>
              {told.map((one) => (
                <Told key={`${one.matter} ${one.source} ${one.cloud} ${String(one.isOwn)}`} told={one}>
                  {(wayOut) => (
                    <Buttons
                      need={need}
                      told={one}
                      wayOut={wayOut}
                      byPlan={byPlan}
                      take={(more) => set(withMoreOf(holds, more))}
                    />
                  )}
                </Told>
              ))}
            </ul>
            {byPlan > 0 && <GuardFields name={need.name} guard={holds} network={network} facts={facts} set={set} />}
          </>
        )}
      </Collapse>
    </section>
  );
}

/** At a glance, also as long as it is closed. */
function Standing({
  told,
  holds,
  network,
  facts,
}: Omit<TwinPanelProps, 'line' | 'twins'> & Pick<NetworkTwins, 'told'>) {
  const { addressPairs = [] } = holds;
  const count = (weight: TwinWeight): number => told.filter((one) => one.weight === weight).length;
  const of = (number: number) => ({ count: number, number: numberText(number) });
  const isOff = holds.portSecurity === false || network.hasPortSecurity === false;
  return (
    <>
      {count('drops') > 0 && <Badge tone="bad">{t('wizard.twin.drops', of(count('drops')))}</Badge>}
      {count('mayDrop') > 0 && <Badge tone="wait">{t('wizard.twin.mayDrop', of(count('mayDrop')))}</Badge>}
      {told.length === 0 && <Badge tone="good">{t('wizard.twin.nothing')}</Badge>}
      {isOff && <Badge tone="info">{t('wizard.twin.isOff')}</Badge>}
      {!isOff && addressPairs.length > 0 && (
        <Badge tone="info">{t('wizard.twin.pairs', { addresses: someNames(addressPairs) })}</Badge>
      )}
      {isGuardSaid(holds) && mayNot(facts, network).doubt !== null && (
        <Badge tone="wait">{t('wizard.twin.mayBeRefused')}</Badge>
      )}
    </>
  );
}

interface ToldProps {
  readonly told: TwinTold;
  readonly children: (wayOut: TwinWayOut) => ReactNode;
}

function Told({ told: { weight, source, cloud, means, machines, isOwn, waysOut }, children }: ToldProps) {
  const names = someNames(machines.map(({ name }) => name));
  return (
    <li>
      <Group gap="xs" align="baseline">
        <Badge tone={tones[weight]}>{t(`wizard.twin.${weight}One`)}</Badge>
        <span className={classes['who']}>
          {names}
          {isOwn && ` ${t('wizard.twin.own')}`}
        </span>
      </Group>
      <dl>
        <dt>{t('wizard.twin.source')}</dt>
        <dd>{source}</dd>
        <dt>{t('wizard.twin.cloud')}</dt>
        <dd>
          {cloud} {means}
        </dd>
        {waysOut.length > 0 && (
          <>
            <dt>{t('error.whatToDo')}</dt>
            <dd>
              {waysOut.map((wayOut) => (
                <div key={wayOut.says}>{children(wayOut)}</div>
              ))}
            </dd>
          </>
        )}
      </dl>
    </li>
  );
}

interface ButtonsProps {
  readonly need: NetworkLine['need'];
  readonly told: TwinTold;
  readonly wayOut: TwinWayOut;
  readonly byPlan: number;
  readonly take: (guard: Guard) => void;
}

function Buttons({ need, told: { machines, isOwn }, wayOut: { kind, says, guards }, byPlan, take }: ButtonsProps) {
  const { change, picked, go } = useWizard();
  const id = useId();
  const [first] = guards.values();
  const takeForThese = (): void =>
    change(({ machines: all }) => ({
      machines: picked.reduce((before, { machine: { ref }, options: { networks } }) => {
        const guard = guards.get(ref);
        const choice = choiceFor(need, networks);
        if (guard === undefined || choice === undefined) return before;
        const own = withGuard(networks, need, choice, withMoreOf(choice, guard));
        return onMachines(before, new Set([ref]), (one) => withOwn(one, { networks: own }));
      }, all),
    }));
  const verb = kind === 'portSecurityOff' ? 'off' : 'pairs';
  const these = { count: machines.length, number: numberText(machines.length), name: machines[0]?.name ?? '' };
  const all = { count: byPlan, number: numberText(byPlan), name: need.name };
  return (
    <>
      <span id={id}>{says}</span>
      <Group gap="xs" mt={2} mb={6}>
        {first !== undefined && !isOwn && (
          <Button size="compact-xs" mih={24} variant="light" aria-describedby={id} onClick={() => take(first)}>
            {t(`wizard.twin.${verb}All`, all)}
          </Button>
        )}
        {first !== undefined && (isOwn || machines.length < byPlan) && (
          <Button size="compact-xs" mih={24} variant="light" aria-describedby={id} onClick={takeForThese}>
            {t(`wizard.twin.${verb}These`, these)}
          </Button>
        )}
        {kind === 'securityGroup' && (
          <Button size="compact-xs" mih={24} variant="default" onClick={() => go('options', fieldId('securityGroups'))}>
            {t('wizard.toStep', { step: t('wizard.step.options') })}
          </Button>
        )}
      </Group>
    </>
  );
}
