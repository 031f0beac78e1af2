/** The migrations of a machine, newest first. */
import { StageBadge } from '../../parts/StageBadge.tsx';
import { pathOf } from '../../router.ts';
import { destinations } from '../../state/connections.ts';
import { useMigrations } from '../../state/migrations.ts';
import { exactText, momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Section, ShortTable } from './Section.tsx';

export function History({ source, vm }: { readonly source: string; readonly vm: string }) {
  const ids = useMigrations((state) => state.ids);
  const byId = useMigrations((state) => state.byId);
  const known = destinations.use();
  const own = ids.flatMap((id) => byId[id] ?? []).filter((one) => one.source === source && one.vm.ref === vm);
  const nameOf = (id: string): string =>
    (known.state === 'known' ? known.value.find((one) => one.id === id)?.name : undefined) ?? id;

  return (
    <Section title={t('machine.history')}>
      <ShortTable
        label={t('machine.history')}
        empty={t('machine.noHistory')}
        head={[t('machine.when'), t('machine.destination'), t('machine.stage')]}
        rows={own.map((row) => [
          row.id,
          [
            <a key="at" href={`#${pathOf('migrations', row.id)}`} title={exactText(row.createdAt)}>
              {momentText(row.createdAt)}
            </a>,
            nameOf(row.destination),
            <StageBadge key="stage" row={row} />,
          ],
        ])}
      />
    </Section>
  );
}
