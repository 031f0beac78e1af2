/** Why a plan cannot change hands. */
import { GutsError } from '../shared/errors.ts';

export class UnknownHandoverError extends GutsError {
  readonly code = 'handover.unknown';
  readonly remedy = 'Begin it anew from the side that has the plan.';

  constructor(id: string) {
    super(`There is no hand-over “${id}” here.`);
  }
}

export class SharedStateError extends GutsError {
  readonly code = 'handover.shared-state';
  readonly remedy = 'Give it to, or take it from, a daemon that keeps its state in its own data folder.';

  constructor() {
    super('The state of this daemon is in a database that servers share, and its migrations change hands among those.');
  }
}

export class PlanGivenError extends GutsError {
  readonly code = 'plan.given';
  readonly remedy = 'Start it there, or take it back first.';

  constructor(name: string, to: string) {
    super(`The plan “${name}” was given to “${to}”.`);
  }
}

export class WaveGivenError extends GutsError {
  readonly code = 'plan.wave-given';
  readonly remedy = 'Do it there, or take that wave back first.';

  constructor(name: string, wave: number, at: string) {
    super(`Wave ${wave} of the plan “${name}” is at “${at}”.`);
  }
}

export class NoSuchWaveError extends GutsError {
  readonly code = 'plan.wave-unknown';
  readonly remedy = 'Look which waves it has (“guts plan show”).';

  constructor(name: string, wave: number) {
    super(`The plan “${name}” has no machines in wave ${wave}.`);
  }
}

export class UnderWayError extends GutsError {
  readonly code = 'handover.under-way';
  readonly remedy = 'Wait until that is over.';

  constructor(name: string, peer: string) {
    super(`The plan “${name}” is changing hands already, with “${peer}”.`);
  }
}

export class NoSuchEndError extends GutsError {
  readonly code = 'handover.no-connection';
  readonly remedy: string;

  constructor(side: 'source' | 'destination', name: string, address: string) {
    const what = side === 'source' ? 'source' : 'cloud';
    super(`The other side has no ${what} at ${address}, which is “${name}” here.`);
    this.remedy = `Set up that ${what} there first, or send it along with its password (--with-secrets).`;
  }
}

export class NoEndSecretError extends GutsError {
  readonly code = 'handover.no-secret';
  readonly remedy = 'Give its password there, then try again.';

  constructor(name: string) {
    super(`The taking side has “${name}”, and not its password.`);
  }
}

export class OlderTakerError extends GutsError {
  readonly code = 'handover.older-taker';
  readonly remedy = 'Upgrade Guts on the taking side: an older one might not understand the journals.';

  constructor(giver: string, own: string) {
    super(`The giving side is Guts ${giver}, newer than the taking side (${own}).`);
  }
}

export class TakenNameError extends GutsError {
  readonly code = 'handover.name-taken';
  readonly remedy = 'Rename one of both plans first.';

  constructor(name: string) {
    super(`The taking side has another plan “${name}”.`);
  }
}

export class AlreadyHereError extends GutsError {
  readonly code = 'handover.is-here';
  readonly remedy = 'Look at both sides: only one of them may have it.';

  constructor(what: string) {
    super(`The taking side has ${what} already, and has not given it away.`);
  }
}

export class NoRoomError extends GutsError {
  readonly code = 'handover.no-room';
  readonly remedy = 'Make room for temporary files there (TMPDIR), or add a worker with more.';

  constructor(needs: number, most: number) {
    super(`A machine takes ${needs} bytes of conversion space, and no node of the taking side has more than ${most}.`);
  }
}
