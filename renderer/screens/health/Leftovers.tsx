/** What migrations have left on either side and none needs any more: looked for when somebody asks, removed when they say so. */
import { Checkbox, Group, Text, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { Leftover } from '../../../main/shared/move-jobs.ts';
import { call } from '../../api.ts';
import { Badge, type Tone } from '../../parts/Badge.tsx';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { toast } from '../../parts/toast.ts';
import { remedyText } from '../../../main/shared/remedy.ts';
import { t } from '../../texts/t.ts';
import type { ConnectionRow } from '../connections/rows.ts';
import classes from './Health.module.css';

type Found = readonly Leftover[] | { readonly error: ErrorInfo } | null;

const tones: Readonly<Record<Leftover['state'], Tone>> = {
  found: 'wait',
  removed: 'good',
  inUse: 'info',
  failed: 'bad',
};
const titleOf = ({ item }: Leftover): string => `${item.kind} ${item.name}`;

export function Leftovers({ rows }: { readonly rows: readonly ConnectionRow[] }) {
  const [found, setFound] = useState<Found>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const [alsoUnknown, setAlsoUnknown] = useState(false);
  const tidy = async (remove: boolean): Promise<readonly Leftover[]> => {
    const of = (side: ConnectionRow['side']): string[] => rows.filter((row) => row.side === side).map(({ id }) => id);
    const sides = { sources: of('source'), destinations: of('destination') };
    const { leftovers } = await call('tidy.run', { ...sides, remove, alsoUnknown: remove && alsoUnknown });
    setFound(leftovers);
    return leftovers;
  };
  const look = async (): Promise<void> => {
    setIsBusy(true);
    await tidy(false).catch((error: unknown) => setFound({ error: toErrorInfo(error) }));
    setIsBusy(false);
  };
  const remove = async (): Promise<void> => {
    const count = (await tidy(true)).filter(({ state }) => state === 'removed').length;
    toast(t('leftovers.removed', { count }));
  };

  const known = found === null || 'error' in found ? [] : found;
  const removable = known.filter(({ state }) => state === 'found' || state === 'failed');
  const unknown = removable.filter(({ migration }) => migration === null);
  const removed = alsoUnknown ? removable : removable.filter(({ migration }) => migration !== null);
  return (
    <section className="guts-card" aria-labelledby="health-leftovers">
      <Title order={2} size="h5" mb="xs" id="health-leftovers">
        {t('leftovers.title')}
      </Title>
      <Text size="sm" className="guts-quiet" mb="xs">
        {t('leftovers.why')}
      </Text>
      {found !== null && 'error' in found && <ErrorCard error={found.error} onRetry={() => void look()} />}
      {found !== null && !('error' in found) && (
        <div aria-live="polite">{known.length === 0 ? t('leftovers.none') : <List leftovers={known} />}</div>
      )}
      <Group mt="sm" gap="xs">
        <MayButton
          takes="operator"
          size="xs"
          variant="default"
          loading={isBusy}
          isOff={rows.length === 0 ? t('leftovers.noConnection') : null}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          onClick={() => void look()}
        >
          {t(found === null ? 'leftovers.look' : 'leftovers.lookAgain')}
        </MayButton>
        {removable.length > 0 && (
          <MayButton takes="operator" size="xs" color="danger" onClick={() => setIsAsking(true)}>
            {t('leftovers.removeSome')}
          </MayButton>
        )}
      </Group>
      {isAsking && (
        <ConfirmDialog
          title={t('leftovers.removeSome')}
          doIt={t('leftovers.remove', { count: removed.length })}
          isOff={removed.length === 0}
          onDo={remove}
          onClose={() => setIsAsking(false)}
        >
          <p>{t('leftovers.what')}</p>
          {unknown.length > 0 && (
            <Checkbox
              label={t('leftovers.alsoUnknown', { count: unknown.length })}
              description={t('leftovers.alsoUnknownWhy')}
              checked={alsoUnknown}
              onChange={({ currentTarget }) => setAlsoUnknown(currentTarget.checked)}
            />
          )}
          <List leftovers={removed} />
        </ConfirmDialog>
      )}
    </section>
  );
}

const List = ({ leftovers }: { readonly leftovers: readonly Leftover[] }) => (
  <ul className={classes['lines']}>
    {leftovers.map((one) => (
      <li key={`${one.connection} ${titleOf(one)} ${one.item.id}`} className={classes['line']}>
        <span className={classes['name']}>{titleOf(one)}</span>
        <Badge tone={tones[one.state]}>{t(`leftovers.state.${one.state}`)}</Badge>
        <span className={classes['says']}>
          {[
            t('leftovers.at', { connection: one.connection }),
            ...(one.says === null ? [] : [remedyText(one.says)]),
          ].join(' · ')}
        </span>
      </li>
    ))}
  </ul>
);
