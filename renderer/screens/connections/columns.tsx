/** The columns of the table of connections. */
import { Badge } from '../../parts/Badge.tsx';
import type { Column } from '../../parts/table/column.ts';
import type { ConnectionTest } from '../../state/tests.ts';
import { isFlawless } from '../../state/tests.ts';
import { momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Connections.module.css';
import { kindText, pageOf, secretText, trustText, usedText, type ConnectionRow } from './rows.ts';

export function columnsOf(tests: Readonly<Record<string, ConnectionTest>>): readonly Column<ConnectionRow>[] {
  return [
    {
      id: 'name',
      title: t('connections.name'),
      value: ({ name }) => name,
      cell: (row) => (
        <a className={classes['link']} href={`#${pageOf(row)}`}>
          {row.name}
        </a>
      ),
      width: 150,
    },
    {
      id: 'kind',
      title: t('connections.kind'),
      value: kindText,
      width: 140,
    },
    { id: 'address', title: t('connections.address'), value: ({ address }) => address, width: 170 },
    { id: 'who', title: t('connections.who'), value: ({ who }) => who, width: 120 },
    { id: 'version', title: t('connections.version'), value: ({ version }) => version, width: 160 },
    {
      id: 'test',
      title: t('connections.lastTest'),
      value: ({ id }) => testWord(tests[id]).says,
      cell: ({ id }) => <TestWord test={tests[id]} />,
      width: 130,
    },
    {
      id: 'inventory',
      title: t('connections.inventory'),
      value: ({ inventoryTakenAt }) => inventoryTakenAt,
      text: inventoryText,
      width: 150,
    },
    { id: 'secret', title: t('connections.secretKept'), value: ({ secret }) => secretText(secret), width: 140 },
    { id: 'trust', title: t('connections.certificate'), value: trustText, width: 170 },
    {
      id: 'used',
      title: t('connections.used'),
      value: ({ migrations, plans }) => migrations + plans,
      text: usedText,
      width: 150,
    },
  ];
}

export function inventoryText({ side, inventoryTakenAt }: ConnectionRow): string {
  if (side === 'destination') return '–';
  return inventoryTakenAt === null ? t('connections.notRead') : momentText(inventoryTakenAt);
}

function testWord(test: ConnectionTest | undefined): {
  tone: 'still' | 'work' | 'good' | 'wait' | 'bad';
  says: string;
} {
  if (test?.isRunning === true) return { tone: 'work', says: t('connections.testing') };
  if (test === undefined || test.last === null) return { tone: 'still', says: t('connections.untested') };
  const { outcome } = test.last;
  if (outcome.side === 'failed') return { tone: 'bad', says: t('connections.testFailed') };
  if (isFlawless(outcome)) return { tone: 'good', says: t('connections.testGood') };
  return { tone: 'wait', says: t('connections.testWarns') };
}

export function TestWord({ test }: { readonly test: ConnectionTest | undefined }) {
  const { tone, says } = testWord(test);
  return <Badge tone={tone}>{says}</Badge>;
}
