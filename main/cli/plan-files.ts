/** Plans as files: exported, changed by hand, imported; what may stand in one. */
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { Command } from 'commander';
import { GutsError } from '../shared/errors.ts';
import { FileProblemsError } from '../shared/file-problems.ts';
import { foundRefOf, PlanDocument, planJsonSchema } from '../shared/plan-document.ts';
import { readWritten } from '../yaml-problems.ts';
import { chosen } from './create.ts';
import { tellMade } from './plan-text.ts';
import { wantsJson } from './run.ts';
import { Terminal } from './terminal.ts';
import { Workplace } from './workplace.ts';
import { writeWhole } from './write-whole.ts';

class PlanUnreadableError extends GutsError {
  readonly code = 'plan.unreadable';
  readonly remedy = 'Give a YAML or JSON file as “guts plan export” writes it.';
}

interface OutputFlags {
  readonly output?: string;
  readonly force: boolean;
}

interface ImportFlags {
  readonly name?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly replace: boolean;
}

export function addPlanFiles(plan: Command): void {
  const out = plan
    .command('export')
    .description('a plan as YAML, to be kept, changed and imported elsewhere; it holds no secrets')
    .argument('<plan>', 'name or id')
    .option('-o, --output <file>', 'the file to write (default: standard output); one that ends in .json gets JSON')
    .option('--force', 'replace a file that is there', false)
    .action(async (which: string, { output, force }: OutputFlags) => {
      await using workplace = await Workplace.open(out);
      const { terminal } = workplace;
      const isJson = output === undefined ? terminal.isJson : output.toLowerCase().endsWith('.json');
      const format = isJson ? 'json' : 'yaml';
      const { text, leavesOutUserData } = await workplace.call('plans.export', { plan: which, format });
      if (leavesOutUserData) terminal.note('User data may hold passwords, so the file has none.');
      if (output === undefined) terminal.result(isJson ? JSON.parse(text) : text, () => text);
      else await written(terminal, output, text, force);
    });
  const bring = plan
    .command('import')
    .description('write down a plan from a YAML or JSON file')
    .argument('<file>', 'as “guts plan export” or the window writes it')
    .option('--name <name>', 'another name for it')
    .option('--source <source>', 'where its machines are (default: as the file says, or the only source)')
    .option('--destination <destination>', 'where they go (default: as the file says, or the only destination)')
    .option('--replace', 'change the plan that has this name already', false)
    .action(async (file: string, flags: ImportFlags) => {
      await using workplace = await Workplace.open(bring);
      const { name: own, ...wish } = await wishIn(workplace, file, flags);
      const name = flags.name ?? own;
      const { plans } = flags.replace ? await workplace.call('plans.list', {}) : { plans: [] };
      const before = plans.find((one) => one.name.toLowerCase() === name.toLowerCase());
      const made =
        before === undefined
          ? await workplace.call('plans.create', { name, ...wish })
          : await workplace.call('plans.change', { plan: before.id, name, ...wish });
      await tellMade(workplace, made);
    });
  const schema = plan
    .command('schema')
    .description('the JSON Schema of plan files, by which editors complete and check them')
    .option('-o, --output <file>', 'the file to write (default: standard output)')
    .option('--force', 'replace a file that is there', false)
    .action(async ({ output, force }: OutputFlags) => {
      const terminal = new Terminal(wantsJson(schema));
      const text = `${JSON.stringify(planJsonSchema(), null, 2)}\n`;
      if (output === undefined) terminal.result(planJsonSchema(), () => text);
      else await written(terminal, output, text, force);
    });
}

async function written(terminal: Terminal, output: string, text: string, force: boolean): Promise<void> {
  const file = path.resolve(output);
  await writeWhole(file, text, force);
  terminal.result({ file }, () => `Written: ${file}\n`);
}

/** It is read here, so that whoever answers has nothing to do but look for its machines. @throws FileProblemsError */
async function wishIn(workplace: Workplace, file: string, flags: ImportFlags) {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new PlanUnreadableError(`“${file}” cannot be read (${cause.code ?? 'unknown reason'}).`, { cause });
  });
  const read = readWritten(PlanDocument, text);
  if (!read.isSound) throw new FileProblemsError(file, read.problems);
  const { value: said, problemAt } = read;
  const { sources } = await workplace.call('sources.list', {});
  const { destinations } = await workplace.call('destinations.list', {});
  const source = flags.source ?? said.source ?? chosen(sources, 'source', undefined);
  const destination = flags.destination ?? said.destination ?? chosen(destinations, 'destination', undefined);
  const { plan, problems } = await workplace.call('plans.readFile', { text: JSON.stringify(said), source });
  if (plan === null)
    throw new FileProblemsError(
      file,
      problems.map(({ field, says }) => problemAt(pathOf(field), says)), // where they stand in the file itself
    );
  const { name, options, window, notBefore, priority, waves } = plan;
  const machines = plan.machines.map((machine) => ({
    vm: foundRefOf(machine),
    wave: machine.wave,
    options: machine.options,
  }));
  return { name, source, destination, options, window, notBefore, priority, waves, machines };
}

/** `machines[3].vm` as the steps to it. */
const pathOf = (field: string): readonly (string | number)[] =>
  field.split(/[[\].]+/).flatMap((step) => (step === '' ? [] : [/^\d+$/.test(step) ? Number(step) : step]));
