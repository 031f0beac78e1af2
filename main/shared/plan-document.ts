/** A plan as a file: to be kept, changed by hand, and brought elsewhere. Names instead of ids, no secrets. */
import { z } from 'zod';
import { machineRefOf } from './machine-ref.ts';
import { MigrationOptions, NetworkChoice } from './migration.ts';
import { Plan, PlannedWave, WaveNumber } from './plans.ts';
import { TimeWindow } from './schedule.ts';
import { openings } from './windows.ts';

export const PLAN_SCHEMA_VERSION = 1;

/** What only a plan that was written down has; it means nothing elsewhere. */
const ofAnother = z.unknown().optional().describe('of the plan as REST gives it; not read');
const which = z.string().min(1).max(255);

const WindowInFile = TimeWindow.strict().superRefine((window, { addIssue }) => {
  if (openings(window) === 'none') addIssue({ code: 'custom', path: ['opens'], message: 'never opens' });
  if (openings(window) === 'unreadable')
    addIssue({
      code: 'custom',
      path: ['opens'],
      message:
        'says no time: give five fields of cron (“0 22 * * 1-5”: workdays at 22:00) and a time zone by its IANA name (“Europe/Berlin”)',
    });
});
const OptionsInFile = MigrationOptions.partial()
  .extend({ networks: z.array(NetworkChoice.strict()).optional() })
  .strict();
const window = WindowInFile.nullable().default(null).describe('when machines may start; null is any time');
const notBefore = Plan.shape.notBefore.default(null).describe('start nothing before this moment (UTC)');

const WaveInFile = z.strictObject({
  number: WaveNumber,
  name: PlannedWave.shape.name,
  window: window.describe('of this wave alone; null is as the plan has it'),
  notBefore: notBefore.describe('of this wave alone; null is as the plan has it'),
});

/** A ref means a machine of the very source that the file is of; elsewhere its name does. */
const MachineInFile = z.strictObject({
  vm: z
    .union([which, z.strictObject({ ref: which.optional(), name: which.optional(), uuid: which.optional() })])
    .refine((vm) => typeof vm === 'string' || Object.values(vm).some((one) => one !== undefined), {
      error: 'has neither ref, name nor uuid',
    })
    .describe('name, ref or UUID of the machine'),
  wave: WaveNumber.default(1).describe('machines of wave 2 wait until wave 1 is over'),
  options: OptionsInFile.default({}).describe('what is different from the plan’s options for this machine'),
  migration: ofAnother,
});

export const PlanDocument = z.strictObject({
  $schema: z.string().optional().describe('for editors; not read'),
  schemaVersion: z.literal(PLAN_SCHEMA_VERSION).optional(),
  name: Plan.shape.name,
  source: which.optional().describe('name of the source; left out: it is chosen when the file is read'),
  destination: which.optional().describe('name of the destination; left out: it is chosen when the file is read'),
  options: OptionsInFile.default({}).describe('for all machines; what is left out is as Guts has it'),
  window,
  notBefore,
  priority: Plan.shape.priority.default(0).describe('higher goes first'),
  waves: z
    .array(WaveInFile)
    .max(1000)
    .default([])
    .superRefine((waves, { addIssue }) => {
      for (const [at, { number }] of waves.entries())
        if (waves.findIndex((one) => one.number === number) < at)
          addIssue({ code: 'custom', path: [at, 'number'], message: `wave ${number} stands there already` });
    })
    .describe('names and times of waves that have their own'),
  machines: z.array(MachineInFile).max(10_000),
  id: ofAnother,
  createdAt: ofAnother,
  startedAt: ofAnother,
});
export type PlanDocument = z.infer<typeof PlanDocument>;
export type MachineInDocument = PlanDocument['machines'][number];

/** Of a document whose machines were looked for in a source (`plans.readFile`): each is its ref. */
export const foundRefOf = ({ vm }: Pick<MachineInDocument, 'vm'>): string =>
  typeof vm === 'string' ? vm : (vm.ref ?? '');

/** What a person calls it. */
export const machineText = ({ vm }: Pick<MachineInDocument, 'vm'>): string =>
  typeof vm === 'string' ? vm : (vm.name ?? vm.ref ?? vm.uuid ?? '');

/** For editors, which know the older draft best. */
export const planJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(PlanDocument, { io: 'input', target: 'draft-7' }),
  title: 'A plan of Guts',
});

export interface Names {
  /** Of a source or destination, by its id. */
  readonly ofConnection: (id: string) => string;
  /** Whether the name means this machine alone; another one goes by all that it is known by. */
  readonly isAmbiguous: (vm: string) => boolean;
  /** Of a machine, by its ref; null where none is known. */
  readonly uuidOf: (ref: string) => string | null;
}

/** User data may hold passwords, so it stays where it is. */
export function documentOf(plan: Plan, { ofConnection, isAmbiguous, uuidOf }: Names): z.input<typeof PlanDocument> {
  const { name, source, destination, options, window, notBefore, priority, waves, machines } = plan;
  return {
    schemaVersion: PLAN_SCHEMA_VERSION,
    name,
    source: ofConnection(source),
    destination: ofConnection(destination),
    options: withoutSecrets(options),
    window,
    notBefore,
    priority,
    waves: [...waves].sort((a, b) => a.number - b.number),
    machines: machines.map(({ vm, wave, options }) => {
      const uuid = vm.uuid ?? uuidOf(vm.ref);
      const whole = machineRefOf(vm, uuid === null ? [] : [uuid]);
      return { vm: isAmbiguous(vm.name) ? whole : vm.name, wave, options: withoutSecrets(options) };
    }),
  };
}

export const hasUserData = ({ options, machines }: Plan): boolean =>
  [options, ...machines.map((one) => one.options)].some(({ userData }) => userData !== undefined && userData !== null);

const withoutSecrets = ({ userData: _secret, ...options }: Plan['options']): Plan['options'] => options;
