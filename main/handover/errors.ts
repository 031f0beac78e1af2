/** Why a plan cannot change hands. */
import { GutsError } from '../shared/errors.ts';
import type { Handover } from '../shared/handover.ts';
import type { NodeId } from '../shared/node-id.ts';

export class UnknownHandoverError extends GutsError {
  readonly code = 'handover.unknown';
  readonly remedy = 'Begin it anew from the side that has the plan.';

  constructor(id: string) {
    super(`There is no hand-over “${id}” here.`);
  }
}

/** Of servers that share a state. */
export class NotLeadingError extends GutsError {
  readonly code = 'handover.not-leading';
  readonly remedy: string;
  override readonly retryable = true;

  /** @param leader what the server that leads is called among nodes; null where that is not known */
  constructor(leader: NodeId | null) {
    super(
      `This server shares its state with others, and plans change hands at the one that leads${leader === null ? '' : `: “${leader}” at the moment`}.`,
    );
    this.remedy = `Use the address of ${leader === null ? 'that server' : `“${leader}”`}. What was begun goes on by itself where a balancer finds it, or once this server leads.`;
  }
}

/** Its token was in the vault of another server, or is gone. */
export class LostWayError extends GutsError {
  readonly code = 'handover.lost-way';
  readonly remedy: string;

  constructor({ peer, plan, side, isWhole, waves }: Pick<Handover, 'peer' | 'plan' | 'side' | 'isWhole' | 'waves'>) {
    super(`The way to “${peer.name}” is not known here any more, and the hand-over of “${plan.name}” stands still.`);
    const again = side === 'giver' ? 'Give' : 'Take';
    const what = isWhole ? 'the plan' : `the same waves (${waves.join(', ')})`;
    this.remedy = `${again} ${what} once more, with the address and a token of “${peer.name}”: what was begun goes on.`;
  }
}

export class NotAtRestError extends GutsError {
  readonly code = 'handover.not-at-rest';
  readonly remedy = 'Wait until it stands still, or let it go on where it is.';
  override readonly retryable = true;

  constructor(vm: string) {
    super(`“${vm}” runs, and cannot be given.`);
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
