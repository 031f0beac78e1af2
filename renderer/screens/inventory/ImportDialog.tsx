/** Selects the machines of a list from elsewhere: says which were found, which not, and which are not the only ones. */
import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Badge } from '../../parts/Badge.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { matched, wantedOf, type ImportResult } from './import-list.ts';
import classes from './Inventory.module.css';
import type { MachineRow } from './machine-row.ts';

interface ImportDialogProps {
  readonly rows: readonly MachineRow[];
  readonly onChoose: (keys: ReadonlySet<string>) => void;
  readonly onClose: () => void;
}

export function ImportDialog({ rows, onChoose, onClose }: ImportDialogProps) {
  const [text, setText] = useState('');
  const [isOver, setIsOver] = useState(false);
  const result = useMemo(() => (text.trim() === '' ? null : matched(wantedOf(text), rows)), [text, rows]);
  const take = (file: File | null | undefined): void => {
    if (file !== null && file !== undefined) void file.text().then(setText);
  };
  const count = result?.found.size ?? 0;

  return (
    <Dialog onClose={onClose} title={t('inventory.import')} size="lg">
      <Stack gap="sm">
        <Text size="sm">{t('import.what')}</Text>
        <Textarea
          label={t('import.list')}
          placeholder={t('import.hint')}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
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
            take(event.dataTransfer.files[0]);
          }}
        >
          {t('import.drop')}{' '}
          <FileButton accept=".csv,.tsv,.txt,text/csv,text/plain" onChange={take}>
            {(props) => (
              <Button {...props} size="compact-sm" variant="default">
                {t('import.file')}
              </Button>
            )}
          </FileButton>
        </div>
        {result !== null && <Outcome result={result} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('dialog.cancel')}
          </Button>
          <Button
            disabled={count === 0}
            onClick={() => {
              if (result !== null) onChoose(result.found);
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

function Outcome({ result }: { readonly result: ImportResult }) {
  const { found, unknown, ambiguous } = result;
  return (
    <Stack gap="xs">
      <output>
        <Group gap="xs">
          <Badge tone="good">{t('import.found', { count: found.size })}</Badge>
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
              <li key={line}>{t('import.line', { line, said })}</li>
            ))}
          </ul>
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
                {t('import.line', { line: wanted.line, said: wanted.said })}:{' '}
                {candidates.map(({ name, ref, folder }) => `${name} (${ref}, ${folder})`).join('; ')}
              </li>
            ))}
          </ul>
        </section>
      )}
    </Stack>
  );
}
