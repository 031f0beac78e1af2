/** A plan as a file: to be kept, changed, and brought elsewhere. Names instead of ids, no secrets. */
import type { Plan } from './plans.ts';

export const PLAN_SCHEMA_VERSION = 1;

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

const withoutSecrets = ({ userData: _secret, ...options }: Plan['options']): Plan['options'] => options;
