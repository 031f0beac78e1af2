/** The sums of the migrations that are shown. */
import { Alert } from '@mantine/core';
import type { SummaryReport } from '../../../main/shared/summary-report.ts';
import { Figures } from '../../parts/Figures.tsx';
import { numberText, rateText, sizeText, spanText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

export function Totals({ summary }: { readonly summary: SummaryReport }) {
  const { totals: sums, notBegun } = summary;
  const { migrations, proved, failed, undone, unfinished, longestDowntimeSeconds: longest } = sums;
  return (
    <>
      <Figures
        figures={[
          [
            t('reports.provedOf'),
            t('reports.of', { count: numberText(proved), all: numberText(migrations) }),
            t('reports.others', {
              failed: numberText(failed),
              undone: numberText(undone),
              unfinished: numberText(unfinished),
            }),
          ],
          [t('reports.sent'), sizeText(sums.sentBytes), t('reports.readInAll', { size: sizeText(sums.readBytes) })],
          [
            t('reports.speed'),
            sums.bytesPerSecond === null ? '–' : rateText(sums.bytesPerSecond),
            t('reports.speedOf'),
          ],
          [
            t('reports.downtime'),
            longest === null ? '–' : spanText(sums.downtimeSeconds),
            longest === null
              ? t(sums.stopped === 0 ? 'reports.noDowntime' : 'reports.downtimeUnknown')
              : t('reports.longest', { span: spanText(longest) }),
          ],
          [
            t('reports.accepted'),
            numberText(sums.accepted),
            t('reports.leftInAll', { count: numberText(sums.leftBehind) }),
          ],
        ]}
      />
      {notBegun.length > 0 && (
        <Alert variant="default" title={t('reports.notBegun', { count: notBegun.length })}>
          {notBegun
            .slice(0, 20)
            .map(({ vm }) => vm)
            .join(', ')}
          {notBegun.length > 20 && ' …'}
        </Alert>
      )}
    </>
  );
}
