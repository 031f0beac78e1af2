/** All VMs of the origin, each in one line, with sums: those that move, those that do not yet and why, those that were not judged. */
import { shareLines } from '../../../main/shared/assessed/shares.ts';
import type { AssessmentSummary } from '../../../main/shared/assessment.ts';
import { Listing } from '../../parts/Listing.tsx';
import { two, type Cell } from '../../parts/Section.tsx';
import { diskText } from '../../texts/capacity.ts';
import { numberText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Assessments.module.css';
import { shareText } from './share-text.ts';

export function AddUp({ summary }: { readonly summary: AssessmentSummary }) {
  return (
    <Listing
      title={t('assessment.sums')}
      columns={[
        { title: t('assessment.becomesOfThem') },
        { title: t('assessment.machines'), isNumber: true },
        { title: t('assessment.disks'), isNumber: true },
        { title: t('assessment.toCopy'), isNumber: true },
        { title: t('report.why') },
      ]}
      rows={shareLines(summary).map(({ share, sum, machines, diskGiB, copyBytes }): Cell[] => {
        const shown = share === null ? strong : plain;
        return [
          share === null ? strong(`= ${t(`assessment.sum.${sum}`)}`) : plain(shareText(share)),
          shown(numberText(machines)),
          shown(diskGiB === null ? '–' : diskText(diskGiB)),
          shown(copyBytes === null ? '–' : sizeText(copyBytes)),
          share === null ? '' : share.rule === null ? share.why : two(share.why, share.rule),
        ];
      })}
    />
  );
}

const strong = (text: string): Cell => <strong>{text}</strong>;
/** The head of a row is bold by itself. */
const plain = (text: string): Cell => <span className={classes['plain']}>{text}</span>;
