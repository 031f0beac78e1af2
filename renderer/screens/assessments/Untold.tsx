/** What the origin does not tell, each once, with the rules that could not be held for it; and what of it could not be read. */
import { untold } from '../../../main/shared/assessed/untold.ts';
import type { AssessmentSummary } from '../../../main/shared/assessment.ts';
import { Listing } from '../../parts/Listing.tsx';
import { Section, two, type Cell } from '../../parts/Section.tsx';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

interface Of {
  readonly summary: AssessmentSummary;
}

export function Untold({ summary }: Of) {
  return (
    <Listing
      title={t('assessment.gaps')}
      columns={[{ title: t('assessment.missing') }, { title: t('assessment.machines'), isNumber: true }]}
      rows={untold(summary).map(({ machines, says, rules }): Cell[] => {
        const named = rules.map(({ id, severity }) => `${id} (${t(`wizard.severity.${severity}`)})`).join(', ');
        return [
          two(
            says ?? t('assessment.wouldFind', { says: rules.map((rule) => rule.says).join(' ') }),
            named === '' ? '' : t('assessment.notHeldFor', { rules: named }),
          ),
          machines === null ? t('assessment.all') : numberText(machines),
        ];
      })}
    >
      <p>{t('assessment.gapsWhy')}</p>
    </Listing>
  );
}

export function Unread({ summary: { warnings } }: Of) {
  if (warnings.length === 0) return null;
  return (
    <Section title={t('assessment.unread')}>
      <ul>
        {warnings.map((says) => (
          <li key={says}>{says}</li>
        ))}
      </ul>
    </Section>
  );
}
