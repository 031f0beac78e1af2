/** What goes wrong when things are looked for by name, or are still needed. */
import { GutsError } from '../shared/errors.ts';
import type { MigrationRequest } from '../shared/migration.ts';

export class UnknownResourceError extends GutsError {
  readonly code = 'resource.unknown';
  readonly remedy =
    'Look for it in the inventory (“guts resource list --name PATTERN”); if it is new, read that anew first (“guts source refresh”).';

  constructor(nameOrRef: string) {
    super(`No source has “${nameOrRef}”.`);
  }
}

/** A name that several things have: their refs tell them apart. */
export class AmbiguousResourceError extends GutsError {
  readonly code = 'resource.ambiguous';
  readonly remedy = 'Say which one by its ref, the first word of each.';

  constructor(name: string, candidates: readonly string[]) {
    super(`“${name}” is the name of ${candidates.length}: ${candidates.join('; ')}.`);
  }
}

export class ConnectionInUseError extends GutsError {
  readonly code = 'connection.in-use';
  readonly remedy =
    'Let them end, or cancel them (“guts cancel ID”), so that nothing of theirs is left on either side.';

  constructor(name: string, ids: readonly string[]) {
    super(
      `“${name}” is needed by ${ids.length === 1 ? 'a migration' : `${ids.length} migrations`}: ${ids.join(', ')}.`,
    );
  }
}

/** It waits for its turn, or runs: it cannot be forgotten. */
export class MigrationInHandError extends GutsError {
  readonly code = 'migration.in-hand';
  readonly remedy: string;

  constructor({ id, vm }: MigrationRequest, isRunning: boolean) {
    super(`${id} (“${vm.name}”) is ${isRunning ? 'being worked on' : 'in the queue'}.`);
    this.remedy = `Cancel it first (“guts cancel ${id}”).`;
  }
}

/** A marker that no page has told. */
export class BadMarkerError extends GutsError {
  readonly code = 'api.bad-marker';
  readonly remedy = 'Give the “next” of the page before as it came, or leave the marker out to begin anew.';

  constructor() {
    super('The marker is none that a page of this list has told.');
  }
}
