/** Selects the machines of a list from elsewhere: says which were found, which not, and which are not the only ones. */
import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMemo, useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import { matched, type Matched } from '../../../main/shared/lists/match.ts';
import { UNTITLED, wantedOf, type MachineList } from '../../../main/shared/lists/vm-list.ts';
import { call, upload } from '../../api.ts';
import { Badge } from '../../parts/Badge.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Inventory.module.css';
import type { MachineRow } from './machine-row.ts';

const KINDS = '.xlsx,.csv,.tsv,.txt,text/csv,text/plain';
/** What a person can look over and change; anything else is read by Guts. */
const isText = ({ name }: File): boolean => /\.(?:csv|tsv|txt)$/i.test(name);
/** A letter that could not be read. */
const STRANGE = '\ufffd';

/** A list that Guts has read from a file. */
type Sent = MachineList & { readonly name: string };

interface ImportDialogProps {
  readonly rows: readonly MachineRow[];
  readonly onChoose: (keys: ReadonlySet<string>) => void;
  readonly onClose: () => void;
}

export function ImportDialog({ rows, onChoose, onClose }: ImportDialogProps) {
  const [text, setText] = useState('');
  const [sent, setSent] = useState<Sent | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [failed, setFailed] = useState<ErrorInfo | null>(null);
  const [isOver, setIsOver] = useState(false);
  const result = useMemo(() => {
    if (sent !== null) return matched(sent.machines, rows);
    return text.trim() === '' ? null : matched(wantedOf(text), rows);
  }, [sent, text, rows]);
  const show = (list: Sent | null, words: string): void => {
    setSent(list);
    setText(words);
  };
  const take = async (file: File | null | undefined): Promise<void> => {
    if (file === null || file === undefined) return;
    setFailed(null);
    show(null, '');
    setIsBusy(true);
    try {
      const words = isText(file) ? await file.text() : STRANGE;
      if (!words.includes(STRANGE)) show(null, words);
      else show({ name: file.name, ...(await call('plans.readList', { file: (await upload(file)).id })) }, '');
    } catch (error) {
      setFailed(toErrorInfo(error));
    } finally {
      setIsBusy(false);
    }
  };
  const found = useMemo(() => new Set(result?.found.map(({ row }) => row.key)), [result]);
  const count = found.size;

  return (
    <Dialog onClose={onClose} title={t('inventory.import')} size="lg">
      <Stack gap="sm">
        <Text size="sm">{t('import.what')}</Text>
        <Textarea
          label={t('import.list')}
          placeholder={t('import.hint')}
          value={text}
          onChange={({ currentTarget }) => show(null, currentTarget.value)}
          rows={7}
          spellCheck={false}
          data-autofocus
        />
        <div
          className={classes['drop']}
          data-over={isOver}
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setIsOver(false);
            void take(event.dataTransfer.files[0]);
          }}
        >
          {t('import.drop')}{' '}
          <FileButton accept={KINDS} onChange={(file) => void take(file)}>
            {(props) => (
              <Button {...props} size="compact-sm" variant="default" loading={isBusy}>
                {t('import.file')}
              </Button>
            )}
          </FileButton>
        </div>
        {failed !== null && <ErrorCard error={failed} />}
        {sent !== null && <Text size="sm">{sentText(sent)}</Text>}
        {result !== null && <Outcome result={result} count={count} isSheet={sent !== null && sent.sheet !== null} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('dialog.cancel')}
          </Button>
          <Button
            disabled={count === 0}
            onClick={() => {
              if (result !== null) onChoose(found);
              onClose();
            }}
          >
            {t('import.select', { count, number: numberText(count) })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

const sentText = ({ name, sheet }: Sent): string =>
  sheet === null ? t('import.sent', { name }) : t('import.sheet', { name, sheet });

interface OutcomeProps {
  readonly result: Matched<MachineRow>;
  /** Machines that were found, each once. */
  readonly count: number;
  /** Its lines are rows of a sheet. */
  readonly isSheet: boolean;
}

function Outcome({ result, count, isSheet }: OutcomeProps) {
  const { unknown, ambiguous } = result;
  const place = isSheet ? 'import.row' : 'import.line';
  return (
    <Stack gap="xs">
      <output>
        <Group gap="xs">
          <Badge tone="good">{t('import.found', { count })}</Badge>
          <Badge tone={unknown.length > 0 ? 'bad' : 'still'}>{t('import.unknown', { count: unknown.length })}</Badge>
          <Badge tone={ambiguous.length > 0 ? 'wait' : 'still'}>
            {t('import.ambiguous', { count: ambiguous.length })}
          </Badge>
        </Group>
      </output>
      {unknown.length > 0 && (
        <section aria-label={t('import.unknownTitle')}>
          <Text size="sm" fw={600}>
            {t('import.unknownTitle')}
          </Text>
          <ul className={classes['misses']}>
            {unknown.map(({ line, said }) => (
              <li key={line}>{t(place, { line, said })}</li>
            ))}
          </ul>
          {unknown.some(({ unreadable }) => unreadable === UNTITLED) && <Text size="sm">{t('import.untitled')}</Text>}
        </section>
      )}
      {ambiguous.length > 0 && (
        <section aria-label={t('import.ambiguousTitle')}>
          <Text size="sm" fw={600}>
            {t('import.ambiguousTitle')}
          </Text>
          <ul className={classes['misses']}>
            {ambiguous.map(({ wanted, candidates }) => (
              <li key={wanted.line}>
                {t(place, { line: wanted.line, said: wanted.said })}:{' '}
                {candidates.map(({ name, ref, folder }) => `${name} (${ref}, ${folder})`).join('; ')}
              </li>
            ))}
          </ul>
        </section>
      )}
    </Stack>
  );
}
