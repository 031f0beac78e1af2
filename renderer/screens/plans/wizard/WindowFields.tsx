/** When machines may start: on which days, from when, for how many hours, by which clock. */
import { Button, Checkbox, Chip, Group, Stack, Text, TextInput } from '@mantine/core';
import type { TimeWindow } from '../../../../main/shared/schedule.ts';
import { weekDays, windowOf, wordsOf, type WeekDay, type WindowWords } from '../../../../main/shared/window-words.ts';
import { NumberField } from '../../../parts/NumberField.tsx';
import { t } from '../../../texts/t.ts';
import { dayText, windowText } from '../when-text.ts';
import classes from './Wizard.module.css';

const here = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
const nights: Omit<WindowWords, 'timeZone'> = { days: [1, 2, 3, 4, 5], from: '22:00', minutes: 360 };
const zones = (): string[] => [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];

interface WindowFieldsProps {
  /** May be half typed. */
  readonly window: TimeWindow | null;
  readonly onChange: (window: TimeWindow | null) => void;
  /** What is wrong, by the field’s id. */
  readonly problemAt: (field: string) => string | null;
}

export function WindowFields({ window, onChange, problemAt }: WindowFieldsProps) {
  const set = (words: WindowWords): void => onChange(windowOf(words));
  return (
    <Stack gap="sm">
      <Checkbox
        label={t('wizard.inWindow')}
        description={t('wizard.inWindowWhy')}
        checked={window !== null}
        onChange={({ currentTarget }) => {
          const isOn = currentTarget.checked;
          onChange(isOn ? windowOf({ ...nights, timeZone: here() }) : null);
        }}
      />
      {window !== null && <Words words={halfWords(window)} window={window} set={set} problemAt={problemAt} />}
      {window !== null && problemAt('plan-window') === null && (
        <Text size="sm" component="output">
          {windowText(window)}
        </Text>
      )}
    </Stack>
  );
}

/** Also of what is only half typed; null where it is cron that words cannot say. */
function halfWords(window: TimeWindow): WindowWords | null {
  const known = wordsOf(window);
  if (known !== null) return known;
  if (!/NaN| $/.test(window.opens)) return null;
  const [minute = '', hour = '', , , days = ''] = window.opens.split(' ');
  const from = minute === 'NaN' || hour === 'NaN' ? '' : `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  const named = days === '' ? [] : (wordsOf({ ...window, opens: `0 0 * * ${days}` })?.days ?? []);
  return { days: named, from, minutes: window.minutes, timeZone: window.timeZone };
}

interface WordsProps {
  readonly words: WindowWords | null;
  readonly window: TimeWindow;
  readonly set: (words: WindowWords) => void;
  readonly problemAt: (field: string) => string | null;
}

function Words({ words, window, set, problemAt }: WordsProps) {
  if (words === null)
    return (
      <Group>
        <Text>{t('wizard.windowIsCron', { opens: window.opens })}</Text>
        <Button
          size="xs"
          variant="default"
          onClick={() => set({ ...nights, minutes: window.minutes, timeZone: window.timeZone })}
        >
          {t('wizard.windowInWords')}
        </Button>
      </Group>
    );
  const toggled = (day: WeekDay): WeekDay[] =>
    words.days.includes(day) ? words.days.filter((one) => one !== day) : [...words.days, day];
  return (
    <div className={classes['fields']}>
      <fieldset id="plan-window" className={classes['bare']}>
        <legend>{t('wizard.days')}</legend>
        <Group gap={4} mt={4}>
          {weekDays.map((day) => (
            <Chip
              key={day}
              size="sm"
              variant="filled"
              checked={words.days.includes(day)}
              onChange={() => set({ ...words, days: toggled(day) })}
            >
              {dayText(day)}
            </Chip>
          ))}
        </Group>
        {problemAt('plan-window') !== null && (
          <Text size="sm" c="var(--guts-bad)">
            {problemAt('plan-window')}
          </Text>
        )}
      </fieldset>
      <TextInput
        type="time"
        label={t('wizard.from')}
        value={words.from}
        onChange={({ currentTarget }) => set({ ...words, from: currentTarget.value })}
      />
      <NumberField
        id="plan-hours"
        label={t('wizard.hours')}
        value={Number.isFinite(words.minutes) ? Math.round((words.minutes / 60) * 100) / 100 : null}
        error={problemAt('plan-hours')}
        onChange={(hours) => set({ ...words, minutes: hours === null ? Number.NaN : Math.round(hours * 60) })}
      />
      <TextInput
        id="plan-zone"
        label={t('wizard.zone')}
        description={t('wizard.zoneWhy', { zone: here() })}
        value={words.timeZone}
        list="plan-zones"
        error={problemAt('plan-zone')}
        onChange={({ currentTarget }) => set({ ...words, timeZone: currentTarget.value })}
      />
      <datalist id="plan-zones">
        {zones().map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </datalist>
    </div>
  );
}
