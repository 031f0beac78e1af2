/** How long a plan will take, by what the newest migrations have taken; said when that is not known. */
import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Instance } from '../../../../main/shared/operations.ts';
import { forecastSeconds, measuredOf, measuredRate } from '../../../../main/shared/proposals/forecast.ts';
import { call } from '../../../api.ts';
import { useMigrations } from '../../../state/migrations.ts';
import { numberText, rateText, spanText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { useWizard } from './context.ts';

/** So many of the newest are measured. */
const MOST_MEASURED = 10;

type Known = { readonly rate: number | null; readonly count: number; readonly atOnce: number } | null;

export function Forecast({ wanted }: { readonly wanted: readonly Instance[] }) {
  const { draft } = useWizard();
  const [known, setKnown] = useState<Known>(null);
  useEffect(() => {
    let isGone = false;
    measure().then(
      (found) => !isGone && setKnown(found),
      () => !isGone && setKnown({ rate: null, count: 0, atOnce: 1 }), // then it is not known
    );
    return () => {
      isGone = true;
    };
  }, []);
  if (known === null) return <Text className="guts-quiet">{t('shell.loading')}</Text>;
  if (known.rate === null) return <Text>{t('wizard.forecastUnknown')}</Text>;

  const waves = new Map<number, number[]>();
  const sizes = new Map(wanted.map(({ ref, disks }) => [ref, disks.reduce((sum, disk) => sum + disk.sizeBytes, 0)]));
  for (const { ref, wave } of draft.machines) {
    const size = sizes.get(ref);
    if (size !== undefined) waves.set(wave, [...(waves.get(wave) ?? []), size]);
  }
  const seconds = forecastSeconds([...waves.values()], known.rate, known.atOnce);
  return (
    <Text>
      {t('wizard.forecast', {
        count: known.count,
        number: numberText(known.count),
        span: spanText(rounded(seconds)),
        rate: rateText(known.rate),
        atOnce: numberText(known.atOnce),
      })}
    </Text>
  );
}

/** What a forecast can promise: minutes, and of hours their tens. */
function rounded(seconds: number): number {
  const step = seconds < 3600 ? 60 : 600;
  return Math.max(step, Math.ceil(seconds / step) * step);
}

async function measure(): Promise<Known> {
  const { ids, byId } = useMigrations.getState();
  const done = ids.filter((id) => byId[id]?.stage === 'done').slice(0, MOST_MEASURED);
  const [settings, ...ended] = await Promise.all([
    call('settings.show', {}),
    ...done.map(async (id) => await call('migrations.show', { id }).catch(() => null)), // deleted meanwhile
  ]);
  const measured = ended.flatMap((one) => (one === null ? [] : (measuredOf(one) ?? [])));
  const { global, perSource, perDestination } = settings.slots;
  return { rate: measuredRate(measured), count: measured.length, atOnce: Math.min(global, perSource, perDestination) };
}
