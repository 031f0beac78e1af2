/** A plan as a file: to be kept, changed, and brought elsewhere. Names instead of ids, no secrets. */
import { z } from 'zod';
import { GutsError } from './errors.ts';
import { operations } from './operations.ts';
import type { InputOf } from './operations.ts';
import type { Plan } from './plans.ts';

export const PLAN_SCHEMA_VERSION = 1;

/** The version may be missing, as in what the command line exports. */
const Document = operations['plans.create'].input.extend({ schemaVersion: z.number().int().optional() }).strict();

export class PlanDocumentError extends GutsError {
  readonly code = 'plan.unreadable';
  readonly remedy = 'Give a JSON file as “Export” of a plan writes it.';
}

export type PlanWish = InputOf<'plans.create'>;

export interface Names {
  /** Of a source or destination, by its id. */
  readonly ofConnection: (id: string) => string;
  /** Whether several machines of the source have this name; such a machine goes by its ref. */
  readonly isAmbiguous: (vm: string) => boolean;
}

/** User data may hold passwords, so it stays where it is. */
export function documentOf(plan: Plan, { ofConnection, isAmbiguous }: Names): string {
  const { name, source, destination, options, window, notBefore, priority, machines } = plan;
  const document = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    name,
    source: ofConnection(source),
    destination: ofConnection(destination),
    options: withoutSecrets(options),
    window,
    notBefore,
    priority,
    machines: machines.map(({ vm, wave, options }) => ({
      vm: isAmbiguous(vm.name) ? vm.ref : vm.name,
      wave,
      options: withoutSecrets(options),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

export const hasUserData = ({ options, machines }: Plan): boolean =>
  [options, ...machines.map((one) => one.options)].some(({ userData }) => userData !== undefined && userData !== null);

/** @throws PlanDocumentError naming what is wrong with it */
export function planIn(text: string): PlanWish {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PlanDocumentError('The file is no JSON.', { cause });
  }
  const { data, success, error } = Document.safeParse(value);
  if (!success) throw new PlanDocumentError(`The file is no plan: ${firstOf(error)}`);
  const { schemaVersion = PLAN_SCHEMA_VERSION, ...wish } = data;
  if (schemaVersion > PLAN_SCHEMA_VERSION)
    throw new PlanDocumentError(`The file is of a newer Guts (version ${schemaVersion} of plans).`);
  return wish;
}

const withoutSecrets = ({ userData: _secret, ...options }: Plan['options']): Plan['options'] => options;

const firstOf = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
