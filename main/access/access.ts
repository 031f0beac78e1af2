/** What the API asks of access control: who asks, whether they may, and that it is written down. */
import type { Input } from './about.ts';
import type { Caller, Role } from '../shared/access.ts';
import { Role as Roles } from '../shared/access.ts';
import type { OperationName } from '../shared/operations.ts';
import type { Plan } from '../shared/plans.ts';
import type { ScheduledMigration } from '../shared/schedule.ts';
import { ForbiddenError } from './errors.ts';

export interface Asked {
  readonly name: OperationName;
  readonly caller: Caller;
  readonly input: Input;
}

/** What rules may have to know of the things that a request names. */
export interface Look {
  migration(id: string): Promise<ScheduledMigration>;
  plan(nameOrId: string): Promise<Plan>;
  /** All, or those of a plan. */
  migrations(plan: string | null): AsyncIterable<ScheduledMigration>;
}

/** How something that changes something ended: with what was answered, or with an error. */
export type Ending = { readonly output: unknown } | { readonly error: unknown };

export interface Access {
  /**
   * @param address of the other end, for those who fail again and again
   * @throws NotSignedInError, TokenRefusedError, TooManyFailuresError, and why a Keystone cannot be asked
   */
  callerOf(headers: Headers, address: string): Promise<Caller>;
  /** Whether the policy's rules let it pass; the role was looked at before. @throws the error of the rule */
  demand(asked: Asked, look: Look): Promise<void>;
  /** Nothing is begun that could not be written down. @throws why the audit log cannot be written */
  demandAudit(): Promise<void>;
  /** Writes down how it ended; returns when that is on the disk. `input` is empty where it was never understood. */
  note(asked: Asked, ending: Ending): Promise<void>;
  /** Writes down that somebody who did not come in wanted to change something. */
  noteStranger(name: OperationName, address: string, error: unknown): Promise<void>;
}

/** For a shell in the same process: whoever uses it is known, and nothing is ruled or written. */
export const onlyCaller = (caller: Caller): Access => ({
  callerOf: async () => await Promise.resolve(caller),
  demand: async () => {},
  demandAudit: async () => {},
  note: async () => {},
  noteStranger: async () => {},
});

/** @throws ForbiddenError */
export function demandRole({ role, name }: Caller, needed: Role): void {
  if (mayAs(role, needed)) return;
  throw new ForbiddenError(name, role, needed);
}

/** Each role may what those before it may. */
export const mayAs = (role: Role, needed: Role): boolean =>
  Roles.options.indexOf(role) >= Roles.options.indexOf(needed);
