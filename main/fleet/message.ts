/** Messages as bytes: JSON with the protocol's version, parsed by schemas; what a newer Guts says is told from nonsense. */
import { z } from 'zod';
import { GutsError } from '../shared/errors.ts';
import { FLEET_PROTOCOL } from '../shared/fleet.ts';

/** Daemon and worker are too far apart. */
export class FleetVersionError extends GutsError {
  readonly code = 'fleet.version';
  readonly remedy = 'Bring daemon and workers to the same version of Guts; neighbouring ones understand each other.';

  constructor(theirs: number) {
    super(`The other side speaks version ${theirs} of the fleet’s protocol, and this one version ${FLEET_PROTOCOL}.`);
  }
}

/** A newer Guts has said what this one has no word for. */
export class UnknownKindError extends GutsError {
  readonly code = 'fleet.unknown-kind';
  readonly remedy = 'Bring daemon and workers to the same version of Guts.';

  constructor(kind: string) {
    super(`This Guts does not know what “${kind.slice(0, 60)}” is.`);
  }
}

export class StrangeMessageError extends GutsError {
  readonly code = 'fleet.strange-message';
  readonly remedy = 'Keep queues that begin with “guts.” to Guts; if only Guts writes there, report this.';

  constructor(why: string, options?: ErrorOptions) {
    super(`A message is not what it should be: ${why.slice(0, 300)}.`, options);
  }
}

/** A union of messages by their `kind`. */
type Union<T> = z.ZodType<T> & { readonly options: readonly { readonly shape: { readonly kind: z.ZodLiteral } }[] };

const Envelope = z.looseObject({ protocol: z.number().int(), kind: z.string() });

/** @param message has a `kind` */
export const toBytes = (message: { readonly kind: string }): Buffer =>
  Buffer.from(JSON.stringify({ protocol: FLEET_PROTOCOL, ...message }));

/** @throws FleetVersionError, UnknownKindError, StrangeMessageError */
export function fromBytes<T>(union: Union<T>, body: Buffer): T {
  const envelope = Envelope.safeParse(jsonOf(body));
  if (!envelope.success) throw new StrangeMessageError('it has no kind and no version');
  const { protocol, kind } = envelope.data;
  if (Math.abs(protocol - FLEET_PROTOCOL) > 1) throw new FleetVersionError(protocol);
  const message = union.safeParse(envelope.data);
  if (message.success) return message.data;
  if (!union.options.some(({ shape }) => shape.kind.value === kind)) throw new UnknownKindError(kind);
  throw new StrangeMessageError(`${kind}: ${z.prettifyError(message.error).replaceAll(/\s+/g, ' ')}`);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new StrangeMessageError('it is no JSON', { cause: error });
  }
}
