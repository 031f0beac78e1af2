/** The waves of a plan: what each is called, how many machines it has, and when they may start. */
import { Group } from '@mantine/core';
import { useState } from 'react';
import { elsewhereOf, timesOf, type Plan } from '../../../../main/shared/plans.ts';
import { MayButton } from '../../../parts/MayButton.tsx';
import { Rows, Section, two } from '../../../parts/Section.tsx';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { toStart } from '../plan-lines.ts';
import { nextStartText } from '../when-text.ts';
import { ProposeDialog } from './ProposeDialog.tsx';
import { WaveDialog } from './WaveDialog.tsx';
import { ownOf, ownTimesTexts, waveNumbers, waveText } from './waves.ts';

export function WavesCard({ plan }: { readonly plan: Plan }) {
  const [edited, setEdited] = useState<number | null>(null);
  const [isProposing, setIsProposing] = useState(false);
  if (plan.machines.length === 0) return null;
  return (
    <Section title={t('plans.waves')}>
      <Rows
        label={t('plans.waves')}
        columns={[
          { title: t('plans.wave') },
          { title: t('plans.vms'), isNumber: true },
          { title: t('waves.when') },
          { title: t('waves.change') },
        ]}
        rows={waveNumbers(plan).map((wave) => [
          waveText(plan, wave),
          countText(plan, wave),
          whenText(plan, wave),
          <MayButton
            key={wave}
            takes="operator"
            size="compact-xs"
            mih={24}
            variant="default"
            isOff={atText(plan, wave)}
            onClick={() => setEdited(wave)}
          >
            {t('waves.edit', { wave: numberText(wave) })}
          </MayButton>,
        ])}
      />
      <Group mt="sm">
        <MayButton
          takes="operator"
          variant="default"
          isOff={toStart(plan) === 0 ? t('plans.nothingToStart') : null}
          onClick={() => setIsProposing(true)}
        >
          {t('waves.propose')}
        </MayButton>
      </Group>
      {edited !== null && <WaveDialog plan={plan} wave={edited} onClose={() => setEdited(null)} />}
      {isProposing && <ProposeDialog plan={plan} onClose={() => setIsProposing(false)} />}
    </Section>
  );
}

const countText = ({ machines }: Plan, wave: number): string =>
  numberText(machines.filter((one) => one.wave === wave).length);

/** Who has it, where that is another engine. */
function atText(plan: Plan, wave: number): string | null {
  const elsewhere = elsewhereOf(plan, wave);
  return elsewhere === undefined ? null : t('handover.waveAt', { name: elsewhere.to.name });
}

/** When it may start, and under that whether it says so itself. */
function whenText(plan: Plan, wave: number): ReturnType<typeof two> | string {
  const at = atText(plan, wave);
  const isOpen = elsewhereOf(plan, wave)?.isOpen === true;
  if (at !== null) return two(at, t(isOpen ? 'handover.waveOpen' : 'handover.waveOver'));
  const machines = plan.machines.filter((one) => one.wave === wave);
  if (machines.length > 0 && toStart({ machines }) === 0) return t('waves.allStarted');
  const times = ownTimesTexts(ownOf(plan, wave));
  return two(
    nextStartText(timesOf(plan, wave)),
    times.length === 0 ? t('waves.asPlan') : t('waves.own', { times: times.join('; ') }),
  );
}
