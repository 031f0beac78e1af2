/** Asks with which other assessment one is to be compared, and shows the page of that. */
import { Button, Group, NativeSelect, Stack } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { AssessmentId } from '../../../main/shared/assessment.ts';
import type { RowOf } from '../../../main/shared/client/client.ts';
import { allRows } from '../../api.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { go, pathOf } from '../../router.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { filesText } from './files-text.ts';

/** What tells which of two is the older. */
type Line = Pick<RowOf<'assessments.list'>, 'id' | 'from' | 'takenAt' | 'madeAt'>;

/** When the data centre was like this: as the export says, else when it was judged. */
export const asOf = ({ takenAt, madeAt }: Pick<Line, 'takenAt' | 'madeAt'>): string => takenAt ?? madeAt;

/** The page on which the older of the two stands as before; of one age, that which was judged first. */
export function comparisonPath(one: Line, other: Line): string {
  const age = Date.parse(asOf(one)) - Date.parse(asOf(other)) || Date.parse(one.madeAt) - Date.parse(other.madeAt);
  const [before, after] = age < 0 ? [one, other] : [other, one];
  return pathOf('assessments', after.id, 'since', before.id);
}

interface CompareWithProps {
  readonly id: AssessmentId;
  readonly onClose: () => void;
}

export function CompareWith({ id, onClose }: CompareWithProps) {
  const { of, load } = useAnswer(
    useCallback(async (signal: AbortSignal) => await allRows('assessments.list', {}, signal), []),
  );
  return (
    <Dialog title={t('comparison.withTitle')} onClose={onClose}>
      <Faces of={of} onRetry={load}>
        {(all) => <Choice all={all} id={id} />}
      </Faces>
    </Dialog>
  );
}

function Choice({ all, id }: { readonly all: readonly Line[]; readonly id: AssessmentId }) {
  const own = all.find((line) => line.id === id);
  const others = all.filter((line) => line.id !== id);
  const [chosen, setChosen] = useState<string | null>(null);
  const other = others.find((line) => line.id === chosen) ?? others[0];
  if (own === undefined || other === undefined) return <p>{t('comparison.noOther')}</p>;
  return (
    <Stack>
      <NativeSelect
        label={t('comparison.other')}
        description={t('comparison.withWhy')}
        value={other.id}
        onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        data={others.map((line) => ({
          value: line.id,
          label: t('comparison.otherAt', { name: filesText(line.from), time: momentText(asOf(line)) }),
        }))}
      />
      <Group justify="flex-end">
        <Button onClick={() => go(comparisonPath(own, other))}>{t('comparison.compare')}</Button>
      </Group>
    </Stack>
  );
}
