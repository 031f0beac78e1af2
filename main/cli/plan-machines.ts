/** Machines of a plan: from a list that somebody has, added later, put into another wave. */
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { MOST_PROBLEMS } from '../shared/file-problems.ts';
import { GutsError } from '../shared/errors.ts';
import type { InputOf, OutputOf } from '../shared/operations.ts';
import { UploadName } from '../shared/uploads.ts';
import { wholeNumber } from './migration-flags.ts';
import { tellMade } from './plan-text.ts';
import { repeated } from './repeated.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';

type Machines = InputOf<'plans.create'>['machines'];
type VmList = OutputOf<'plans.matchList'>;

const MOST_TEXT_BYTES = 4 * 2 ** 20;

class PlanListError extends GutsError {
  readonly code = 'plan.list-unclear';
  readonly remedy: string;

  constructor(file: string, lines: readonly string[], maySkip: boolean) {
    const left = lines.length - MOST_PROBLEMS;
    const more = left > 0 ? [`… and ${left} more`] : [];
    super(`Not every line of “${file}” means one machine:\n${[...lines.slice(0, MOST_PROBLEMS), ...more].join('\n')}`);
    this.remedy = maySkip
      ? 'Mend these lines, with the ref of the machine that is meant, or leave them out (“--skip-unmatched”).'
      : 'Mend these lines.';
  }
}

class ListUnreadableError extends GutsError {
  readonly code = 'plan.list-unreadable';
  readonly remedy = 'Check the path, and whether you may read the file.';
}

interface AddFlags {
  readonly vm: readonly { readonly vm: string; readonly wave: number }[];
  readonly vmList?: string;
  readonly skipUnmatched: boolean;
  readonly wave: number;
}

export function addPlanMachines(plan: Command): void {
  const add = plan
    .command('add')
    .description('add machines to a plan')
    .argument('<plan>', 'name or id')
    .option('--vm <machine[@wave]>', 'a machine by name, ref or UUID (may be repeated)', withMachine, [])
    .option('--vm-list <file>', 'machines of a list, as for “guts plan create”')
    .option('--skip-unmatched', 'leave out what the list says and cannot be found, or not for certain', false)
    .option('--wave <n>', 'where the list says none', wholeNumber(1, 10_000), 1)
    .action(async (which: string, flags: AddFlags) => {
      if (flags.vm.length === 0 && flags.vmList === undefined) throw new UsageError('Give --vm or --vm-list.');
      await using workplace = await Workplace.open(add);
      const { source } = await workplace.call('plans.show', { plan: which });
      const listed = flags.vmList === undefined ? [] : await machinesOfList(workplace, source, flags.vmList, flags);
      const machines = [...flags.vm.map((machine) => ({ ...machine })), ...listed];
      await tellMade(workplace, await workplace.call('plans.add', { plan: which, machines }));
    });
  const move = plan
    .command('move')
    .description('put machines of a plan into another wave')
    .argument('<plan>', 'name or id')
    .requiredOption('--vm <machine>', 'by name, ref or UUID (may be repeated)', repeated)
    .requiredOption('--wave <n>', 'the wave, from 1', wholeNumber(1, 10_000))
    .action(async (which: string, { vm, wave }: { readonly vm: readonly string[]; readonly wave: number }) => {
      await using workplace = await Workplace.open(move);
      const machines = vm.map((one) => ({ vm: one, wave }));
      await tellMade(workplace, await workplace.call('plans.move', { plan: which, machines }));
    });
}

/** @throws PlanListError where a line does not mean one machine, unless such lines may be left out */
export async function machinesOfList(
  workplace: Workplace,
  source: string,
  file: string,
  { skipUnmatched, wave = 1 }: { readonly skipUnmatched: boolean; readonly wave?: number },
): Promise<Machines> {
  const list = await workplace.call('plans.matchList', { source, ...(await listIn(workplace, file)) });
  const unclear = unclearLines(file, list);
  const wrong = list.wrong.map(({ line, said, says }) => `${placeOf(file, list, line)}: “${said}”: ${says}`);
  if (wrong.length > 0 || (unclear.length > 0 && !skipUnmatched))
    throw new PlanListError(file, [...wrong, ...unclear], wrong.length === 0);
  if (list.found.length === 0 && unclear.length > 0) throw new PlanListError(file, unclear, false);
  for (const line of unclear) workplace.terminal.note(`left out: ${line}`);
  return list.found.map((one) => ({ vm: one.vm.ref, wave: one.wave ?? wave, options: one.options }));
}

function unclearLines(file: string, list: VmList): readonly string[] {
  const all = [
    ...list.unmatched.map(({ line, said }) => ({ line, says: `“${said}” is not there` })),
    ...list.ambiguous.map(({ line, said, candidates }) => ({
      line,
      says: `“${said}” may be ${candidates.map(({ name, ref, where }) => `${name} (${ref}, ${where})`).join(' or ')}`,
    })),
  ];
  return all.sort((a, b) => a.line - b.line).map(({ line, says }) => `${placeOf(file, list, line)}: ${says}`);
}

const placeOf = (file: string, { sheet }: VmList, line: number): string =>
  sheet === null ? `${file}:${line}` : `${file}, sheet “${sheet}”, row ${line}`;

/** Text as it is; anything else is sent, for Guts to read what it is. */
async function listIn(workplace: Workplace, file: string): Promise<Pick<InputOf<'plans.matchList'>, 'text' | 'file'>> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new ListUnreadableError(`“${file}” cannot be read (${cause.code ?? 'unknown reason'}).`, { cause });
  });
  const text = textOf(bytes);
  if (text !== null) return { text };
  const name = path.basename(file).replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-');
  const sent = await workplace.client.upload(UploadName.safeParse(name).success ? name : 'list', new Uint8Array(bytes));
  return { file: sent.id };
}

/** Null where it is none in UTF-8, or more than is sent as a text. */
function textOf(bytes: Buffer): string | null {
  if (bytes.length > MOST_TEXT_BYTES || bytes.includes(0) || bytes.subarray(0, 5).toString('latin1') === '%PDF-')
    return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

export const withMachine = (
  text: string,
  before: readonly { vm: string; wave: number }[],
): readonly { vm: string; wave: number }[] => [...before, machineOf(text)];

function machineOf(text: string): { vm: string; wave: number } {
  const [, vm = '', wave] = /^(.+?)(?:@(\d{1,4}))?$/.exec(text) ?? [];
  if (vm === '' || wave === '0') throw new InvalidArgumentError('Say it as MACHINE or MACHINE@WAVE, waves from 1.');
  return { vm, wave: wave === undefined ? 1 : Number(wave) };
}
