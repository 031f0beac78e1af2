/** How many rules were held, and on request those that could not be, each with why. */
import { Button, Collapse, Group, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import { call } from '../../../api.ts';
import { Badge } from '../../../parts/Badge.tsx';
import { Rows, whole } from '../../../parts/Section.tsx';
import { useAnswer } from '../../../state/use-answer.ts';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import type { HeldSummary, Unheld } from './held.ts';
import { someNames } from './some-names.ts';
import classes from './Wizard.module.css';

export function HeldCard({ held }: { readonly held: HeldSummary }) {
  const [isOpen, setIsOpen] = useState(false);
  const { machines, passed, found, notHeld, unheld } = held;
  const of = (count: number) => ({ count, number: numberText(count) });
  return (
    <section className="guts-card" aria-labelledby="held">
      <Text component="h3" fw={600} id="held" m={0}>
        {t('wizard.held', of(machines))}
      </Text>
      <Group gap="md" mt="xs">
        <Badge tone="good">{t('wizard.heldPassed', of(passed))}</Badge>
        {found > 0 && <Badge tone="info">{t('wizard.heldFound', of(found))}</Badge>}
        {notHeld > 0 && <Badge tone="still">{t('wizard.heldNot', of(notHeld))}</Badge>}
        {notHeld > 0 && (
          <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            {t(isOpen ? 'wizard.heldHide' : 'wizard.heldShow')}
          </Button>
        )}
      </Group>
      <Collapse expanded={isOpen}>{isOpen && <UnheldRules unheld={unheld} machines={machines} />}</Collapse>
    </section>
  );
}

function UnheldRules({ unheld, machines }: { readonly unheld: readonly Unheld[]; readonly machines: number }) {
  const { of } = useAnswer(
    useCallback(async (signal: AbortSignal) => (await call('rules.list', {}, signal)).rules, []),
  );
  const says = new Map(of.state === 'known' ? of.value.map((rule) => [rule.id, rule.says]) : []);
  return (
    <>
      <p className={classes['why']}>{t('wizard.heldNotWhy')}</p>
      <Rows
        label={t('rehearsal.notHeld')}
        columns={[
          { title: t('rehearsal.rule') },
          { title: t('wizard.heldWhyNot') },
          { title: t('wizard.heldWouldSay') },
          ...(machines > 1 ? [{ title: t('wizard.heldWhich') }] : []),
        ]}
        rows={unheld.map(({ id, why, names }) => [
          whole(id),
          why,
          says.get(id) ?? '–',
          names.length === machines ? t('wizard.heldAll', { number: numberText(machines) }) : someNames(names),
        ])}
      />
    </>
  );
}
