/** What an assessment comes to: how many VMs can move, how all of the origin add up, and what none of them could be judged by. */
import { machinesIn, provisoOf, shareParts } from '../../../main/shared/assessed/shares.ts';
import type { AssessedShare, AssessmentSummary } from '../../../main/shared/assessment.ts';
import { VerdictCard } from '../../parts/VerdictCard.tsx';
import { listText, numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { shareText, vmsText } from './share-text.ts';

export function Verdict({ summary }: { readonly summary: AssessmentSummary }) {
  const proviso = provisoOf(summary);
  const standing = sentence(summary);
  return (
    <VerdictCard is={tone(summary)} word={verdict(summary)}>
      {standing !== '' && <p>{standing}</p>}
      {proviso !== null && (
        <p>
          {t('assessment.proviso', {
            count: proviso.ids.length,
            rules: listText(proviso.ids),
            says: proviso.says.join(' '),
          })}
        </p>
      )}
    </VerdictCard>
  );
}

function tone({ readiness: { ready, notReady, unknown }, totals: { machines } }: AssessmentSummary) {
  if (machines === 0) return 'info';
  if (ready.machines === machines) return 'good';
  return notReady.machines + unknown.machines > machines / 2 ? 'bad' : 'wait';
}

function verdict({ readiness, totals }: AssessmentSummary): string {
  const conditional = readiness.conditional.machines;
  const count = readiness.ready.machines + conditional;
  if (totals.machines === 0) return t('assessment.noMachines');
  const said = t('assessment.canMove', { count, number: numberText(count), all: vmsText(totals.machines) });
  if (conditional === 0) return said;
  return conditional === count
    ? t('assessment.allConditional', { count, said })
    : t('assessment.someConditional', { said, number: numberText(conditional) });
}

type Shares = readonly AssessedShare[];

/** Of an assessment that is older than shares, only what was not judged. */
function sentence({ shares, leftOut }: AssessmentSummary): string {
  const parts = shareParts({ shares });
  if (parts === null) {
    const without = leftOutTexts(leftOut);
    return without.length === 0 ? '' : t('assessment.leftOut', { parts: without.join(', ') });
  }
  const { move, stay, notJudged } = parts;
  const counted = (some: Shares) => {
    const count = machinesIn(some);
    return { count, number: numberText(count), why: within(some.map(inWords)) };
  };
  return t('assessment.addUp', {
    all: vmsText(machinesIn(shares ?? [])),
    parts: [
      t('assessment.move', counted(move)),
      ...(stay.length === 0 ? [] : [t('assessment.stay', counted(stay))]),
      ...(notJudged.length === 0 ? [] : [t('assessment.unjudged', counted(notJudged))]),
    ].join(', '),
  });
}

const within = (texts: readonly string[]): string => (texts.length === 0 ? '' : ` (${texts.join(', ')})`);

const inWords = (share: AssessedShare): string => {
  const { rule, machines } = share;
  const number = numberText(machines);
  return rule === null ? `${number} ${shareText(share)}` : t('assessment.byRule', { number, rule });
};

const leftOutTexts = ({ templates, placeholders = 0, poweredOff, byFilter }: AssessmentSummary['leftOut']): string[] =>
  [
    ['template', templates] as const,
    ['placeholder', placeholders] as const,
    ['poweredOff', poweredOff] as const,
    ['notAskedFor', byFilter] as const,
  ]
    .filter(([, machines]) => machines > 0)
    .map(([of, machines]) => `${numberText(machines)} ${shareText({ of, machines })}`);
