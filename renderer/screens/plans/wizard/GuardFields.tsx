/** What the ports for a network may do besides, as somebody chooses it: port security off, more addresses to send from. */
import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { CloudFacts, CloudNetwork } from '../../../../main/shared/cloud.ts';
import { t } from '../../../texts/t.ts';
import { badPairs, guardOf, isGuardSaid, mayNot, pairsIn, type Guard } from './guard.ts';
import classes from './Twins.module.css';

interface GuardFieldsProps {
  /** Of the source. */
  readonly name: string;
  readonly guard: Guard;
  /** Of the cloud. */
  readonly network: CloudNetwork;
  readonly facts: CloudFacts;
  readonly set: (guard: Guard) => void;
}

export function GuardFields({ name, guard, network, facts, set }: GuardFieldsProps) {
  const { addressPairs: pairs = [] } = guard;
  const [typed, setTyped] = useState(pairs.join(', '));
  const text = pairsIn(typed).join() === pairs.join() ? typed : pairs.join(', '); // a proposal may have been taken
  const isOpen = guard.portSecurity === false;
  const { portSecurity, addressPairs } = mayNot(facts, network);
  const bad = badPairs(guard);
  return (
    <div className={classes['fields']}>
      <Checkbox
        label={t('wizard.guard.off', { name })}
        description={portSecurity ?? t('wizard.guard.offWhy')}
        checked={isOpen || network.hasPortSecurity === false}
        disabled={portSecurity !== null && !isOpen}
        onChange={({ currentTarget }) => {
          const { portSecurity: _before, ...rest } = guard;
          set(guardOf(currentTarget.checked ? { ...rest, portSecurity: false } : rest));
        }}
      />
      <TextInput
        label={t('wizard.guard.pairs', { name })}
        description={addressPairs ?? t(isOpen ? 'wizard.guard.pairsNeedless' : 'wizard.guard.pairsWhy')}
        value={text}
        disabled={(addressPairs !== null || isOpen) && pairs.length === 0}
        error={bad.length === 0 ? null : t('wizard.guard.badPairs', { pairs: bad.join(', ') })}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          set(guardOf({ ...guard, addressPairs: pairsIn(currentTarget.value) }));
        }}
      />
    </div>
  );
}

/** Why the cloud may refuse it. */
export function GuardDoubt({ guard, network, facts }: Pick<GuardFieldsProps, 'guard' | 'network' | 'facts'>) {
  const { doubt } = mayNot(facts, network);
  return doubt === null ? null : (
    <p className={classes['doubt']} data-counts={isGuardSaid(guard) ? '' : undefined}>
      {doubt}
    </p>
  );
}
