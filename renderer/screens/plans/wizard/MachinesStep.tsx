/** First step: the plan's name, its source, and which machines go in which wave. */
import { Button, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { ConfirmDialog } from '../../../parts/ConfirmDialog.tsx';
import { Empty, Faces } from '../../../parts/Faces.tsx';
import type { RowAction } from '../../../parts/table/column.ts';
import { DataTable } from '../../../parts/table/DataTable.tsx';
import { sorted } from '../../../parts/table/sort.ts';
import { go } from '../../../router.ts';
import { sources } from '../../../state/connections.ts';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { numberAndName } from '../waves/waves.ts';
import { reloadSource, type SourceWorld } from '../worlds.ts';
import { useWizard } from './context.ts';
import type { DraftMachine } from './draft.ts';
import { sourceColumns, type SourceLine } from './source-columns.ts';
import classes from './Wizard.module.css';

export function MachinesStep() {
  const { draft, change, problems, source } = useWizard();
  const known = sources.use();
  const [wanted, setWanted] = useState<string | null>(null);
  const nameProblem = problems.find(({ field }) => field === 'plan-name');
  const choose = (id: string): void => {
    if (draft.machines.length > 0) setWanted(id);
    else change(() => ({ source: id === '' ? null : id }));
  };

  return (
    <Faces of={known} onRetry={() => void sources.load()}>
      {(all) => (
        <Stack gap="md">
          <div className={classes['fields']}>
            <TextInput
              id="plan-name"
              label={t('wizard.name')}
              required
              value={draft.name}
              error={nameProblem?.says}
              onChange={({ currentTarget }) => {
                const name = currentTarget.value;
                change(() => ({ name }));
              }}
            />
            <NativeSelect
              id="plan-source"
              label={t('wizard.source')}
              required
              value={draft.source ?? ''}
              disabled={draft.machines.some(({ migration }) => migration !== null)}
              data={[
                { value: '', label: t('wizard.choose') },
                ...all.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              onChange={({ currentTarget }) => choose(currentTarget.value)}
            />
          </div>
          {all.length === 0 && (
            <Empty
              title={t('wizard.noSources')}
              why={t('wizard.noSourcesWhy')}
              action={<Button onClick={() => go('/connections')}>{t('wizard.toConnections')}</Button>}
            />
          )}
          {draft.source !== null && (
            <Faces of={source} onRetry={() => reloadSource(draft.source ?? '')}>
              {(world) => <Machines world={world} />}
            </Faces>
          )}
          {wanted !== null && (
            <ConfirmDialog
              title={t('wizard.otherSource')}
              doIt={t('wizard.otherSourceDo', { count: draft.machines.length })}
              onDo={async () => {
                change(() => ({ source: wanted === '' ? null : wanted, machines: [], leftOut: [] }));
                await Promise.resolve();
              }}
              onClose={() => setWanted(null)}
            >
              <Text>{t('wizard.otherSourceWhat')}</Text>
            </ConfirmDialog>
          )}
        </Stack>
      )}
    </Faces>
  );
}

interface Named {
  readonly ref: string;
  readonly name: string;
}

const nobody: ReadonlySet<string> = new Set();
const keyOf = ({ vm }: SourceLine): string => vm.ref;

function Machines({ world }: { readonly world: SourceWorld }) {
  const { draft, change, setBeforeNext } = useWizard();
  const [selected, setSelected] = useState<ReadonlySet<string>>(nobody);
  const { machines, waves: named } = draft;
  const [before] = useState<ReadonlySet<string>>(() => new Set(machines.map(({ ref }) => ref)));
  const columns = useMemo(() => sourceColumns(), []);
  const lines = useMemo(() => {
    const waves = new Map(machines.map(({ ref, wave }) => [ref, wave]));
    const all = world.rows.map((vm): SourceLine => ({ vm, wave: waves.get(vm.ref) ?? null }));
    return inPlanFirst(sorted(all, [{ column: 'name', isDown: false }], columns), before);
  }, [world, machines, columns, before]);

  const put = (vms: readonly Named[], wave: number): void => {
    change(({ machines: before }) => ({ machines: withMachines(before, vms, wave) }));
    setSelected(nobody);
  };
  const take = (refs: ReadonlySet<string>): void => {
    change(({ machines: before }) => ({
      machines: before.filter(({ ref, migration }) => migration !== null || !refs.has(ref)),
    }));
    setSelected(nobody);
  };
  useEffect(() => {
    // Who chooses and goes on means those that are chosen.
    setBeforeNext(() => {
      const vms = world.rows.filter(({ ref }) => selected.has(ref));
      if (machines.length === 0 && vms.length > 0) put(vms, 1);
    });
    return () => setBeforeNext(null);
  });

  const last = Math.max(0, ...machines.map(({ wave }) => wave));
  const actions = (rows: readonly SourceLine[]): RowAction<SourceLine>[] => {
    const count = rows.length;
    const isMoving = rows.some(({ vm }) => machines.some(({ ref, migration }) => ref === vm.ref && migration !== null));
    const isOff = isMoving ? t('wizard.stays') : null;
    const numbers = Array.from({ length: last + 1 }, (_, index) => index + 1);
    const waves = [...new Set([...numbers, ...named.map(({ number }) => number)])].sort((a, b) => a - b);
    const isNew = (wave: number): boolean => wave > last && last > 0 && !named.some(({ number }) => number === wave);
    return [
      ...waves.map((wave): RowAction<SourceLine> => ({
        id: `wave-${wave}`,
        title: t(isNew(wave) ? 'wizard.intoNewWave' : 'wizard.intoWave', { count, wave: numberAndName(draft, wave) }),
        isOff,
        run: (some) =>
          put(
            some.map(({ vm }) => vm),
            wave,
          ),
      })),
      ...(rows.some(({ wave }) => wave !== null)
        ? [
            {
              id: 'take',
              title: t('wizard.takeOut', { count: rows.filter(({ wave }) => wave !== null).length }),
              isOff,
              run: (some: readonly SourceLine[]) => take(new Set(some.map(({ vm }) => vm.ref))),
            },
          ]
        : []),
    ];
  };

  return (
    <div id="plan-machines">
      <p className={classes['why']} aria-live="polite">
        {machines.length === 0 ? t('wizard.noneYet') : chosenText(machines)}
      </p>
      <DataTable
        id="plan-source-machines"
        label={t('wizard.machinesOf')}
        example={t('inventory.example')}
        columns={columns}
        rows={lines}
        keyOf={keyOf}
        actions={actions}
        selected={selected}
        onSelect={setSelected}
        onOpen={({ vm, wave }) => (wave === null ? put([vm], Math.max(1, last)) : take(new Set([vm.ref])))}
        maxHeight="max(16rem, calc(100dvh - 31rem))"
        empty={<Empty title={t('wizard.sourceEmpty')} why={t('wizard.sourceEmptyWhy')} />}
      />
    </div>
  );
}

/** Those that were in the plan when the step was opened; what is put in afterwards stays where it was found. */
const inPlanFirst = (lines: readonly SourceLine[], before: ReadonlySet<string>): readonly SourceLine[] => [
  ...lines.filter(({ vm }) => before.has(vm.ref)),
  ...lines.filter(({ vm }) => !before.has(vm.ref)),
];

function withMachines(before: readonly DraftMachine[], vms: readonly Named[], wave: number): DraftMachine[] {
  const refs = new Set(vms.map(({ ref }) => ref));
  const known = new Set(before.map(({ ref }) => ref));
  return [
    ...before.map((one) => (refs.has(one.ref) && one.migration === null ? { ...one, wave } : one)),
    ...vms
      .filter(({ ref }) => !known.has(ref))
      .map(({ ref, name }) => ({ ref, name, wave, options: {}, migration: null })),
  ];
}

/** “12 VMs in the plan: 8 in wave 1, 4 in wave 2.” */
function chosenText(machines: readonly DraftMachine[]): string {
  const counts = new Map<number, number>();
  for (const { wave } of machines) counts.set(wave, (counts.get(wave) ?? 0) + 1);
  const waves = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([wave, count]) => t('wizard.inWave', { number: numberText(count), wave: numberText(wave) }))
    .join(', ');
  return t('wizard.chosen', { count: machines.length, number: numberText(machines.length), waves });
}
