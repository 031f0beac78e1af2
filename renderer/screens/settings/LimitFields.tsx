/** A limit of bandwidth: its rate, and other rates at some times of the day. */
import { ActionIcon, Code, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { BandwidthLimit } from '../../../main/shared/schedule.ts';
import { MayButton } from '../../parts/MayButton.tsx';
import { NumberField } from '../../parts/NumberField.tsx';
import { t } from '../../texts/t.ts';
import classes from './Settings.module.css';
import { dailyOf, dayChoices, windowOf, zoneHere, type DailyWindow } from './time-windows.ts';

interface LimitFieldsProps {
  readonly title: string;
  readonly limit: BandwidthLimit;
  readonly isOff: boolean;
  readonly onChange: (limit: BandwidthLimit) => void;
}

type Row = BandwidthLimit['table'][number];
const MEGA = 1e6;
/** The server takes 64 KiB/s at least. */
const LEAST_MEGABYTES = 0.07;

export function LimitFields({ title, limit, isOff, onChange }: LimitFieldsProps) {
  const { otherwise, table } = limit;
  const putRow = (at: number, row: Row | null): void =>
    onChange({ otherwise, table: table.flatMap((one, index) => (index !== at ? one : (row ?? []))) });
  const addRow = (): void => {
    const when = windowOf({ days: '1-5', from: '08:00', to: '18:00', timeZone: zoneHere() });
    if (when !== null) onChange({ otherwise, table: [...table, { when, bytesPerSecond: 10 * MEGA }] });
  };
  return (
    <fieldset className={classes['limit']}>
      <legend>{title}</legend>
      <Rate
        label={table.length === 0 ? t('bandwidth.always') : t('bandwidth.otherwise')}
        bytesPerSecond={otherwise}
        isOff={isOff}
        width={250}
        onChange={(to) => onChange({ otherwise: to, table })}
      />
      <div className={classes['rows']}>
        {table.map((row, at) => (
          <RowFields
            key={at} // rows have nothing else by which they differ
            row={row}
            number={at + 1}
            isOff={isOff}
            onChange={(to) => putRow(at, to)}
          />
        ))}
      </div>
      {table.length > 1 && (
        <Text size="xs" c="dimmed" mt="xs">
          {t('bandwidth.firstHolds')}
        </Text>
      )}
      <MayButton
        takes="admin"
        variant="default"
        size="xs"
        mt="sm"
        leftSection={<IconPlus size={14} aria-hidden="true" />}
        onClick={addRow}
      >
        {t('bandwidth.add')}
      </MayButton>
    </fieldset>
  );
}

interface RateProps {
  readonly label: string;
  readonly bytesPerSecond: number | null;
  readonly isOff: boolean;
  readonly width: number;
  readonly onChange: (bytesPerSecond: number | null) => void;
}

/** Nothing in it is no limit. */
function Rate({ label, bytesPerSecond, isOff, width, onChange }: RateProps) {
  return (
    <NumberField
      label={label}
      placeholder={t('bandwidth.noLimit')}
      value={bytesPerSecond === null ? null : bytesPerSecond / MEGA}
      min={LEAST_MEGABYTES}
      max={1e6}
      unit="MB/s"
      disabled={isOff}
      w={width}
      onChange={(to) => onChange(to === null ? null : Math.round(to * MEGA))}
    />
  );
}

interface RowFieldsProps {
  readonly row: Row;
  readonly number: number;
  readonly isOff: boolean;
  readonly onChange: (row: Row | null) => void;
}

function RowFields({ row, number, isOff, onChange }: RowFieldsProps) {
  const { when, bytesPerSecond } = row;
  const daily = dailyOf(when);
  const put = (change: Partial<DailyWindow>): void => {
    const next = daily === null ? null : windowOf({ ...daily, ...change });
    if (next !== null) onChange({ when: next, bytesPerSecond });
  };
  return (
    <Group gap="xs" align="flex-end">
      {daily === null ? (
        <Text size="sm" w={380}>
          {t('bandwidth.byHand')} <Code>{when.opens}</Code> {t('bandwidth.minutes', { count: when.minutes })},{' '}
          {when.timeZone}
        </Text>
      ) : (
        <>
          <NativeSelect
            label={t('bandwidth.days')}
            data={dayChoices.map((value) => ({ value, label: t(`bandwidth.days.${value}`) }))}
            value={daily.days}
            onChange={({ currentTarget: { value } }) => put({ days: dayChoices.find((one) => one === value) ?? '*' })}
            disabled={isOff}
            w={140}
          />
          <TextInput
            type="time"
            label={t('bandwidth.from')}
            value={daily.from}
            disabled={isOff}
            onChange={({ currentTarget: { value } }) => put({ from: value })}
          />
          <TextInput
            type="time"
            label={t('bandwidth.to')}
            value={daily.to}
            disabled={isOff}
            onChange={({ currentTarget: { value } }) => put({ to: value })}
          />
        </>
      )}
      <Rate
        label={t('bandwidth.rate')}
        bytesPerSecond={bytesPerSecond}
        isOff={isOff}
        width={130}
        onChange={(to) => onChange({ when, bytesPerSecond: to })}
      />
      <ActionIcon
        variant="default"
        size={36}
        disabled={isOff}
        aria-label={t('bandwidth.remove', { number })}
        onClick={() => onChange(null)}
      >
        <IconTrash size={16} aria-hidden="true" />
      </ActionIcon>
      {daily !== null && (
        <Text size="xs" c="dimmed">
          {when.timeZone}
        </Text>
      )}
    </Group>
  );
}
