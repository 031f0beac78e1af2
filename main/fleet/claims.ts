/** Who may be who at one virtual host of a broker: one process under each node's name. */
import { GutsError } from '../shared/errors.ts';
import type { NodeId } from '../shared/schedule.ts';
import { Claim } from './broker/claim.ts';
import type { Session } from './broker/session.ts';
import { nameClaim } from './broker/topology.ts';

/** What stands before the process that has a name. */
const KINDS = { daemon: 'daemon:', worker: 'worker:' } as const;

/** Another node is there under the same name. */
export class NameTakenError extends GutsError {
  readonly code = 'fleet.name-taken';
  readonly remedy: string;
  /** A worker of that name may have died a moment ago. */
  override readonly retryable: boolean;

  constructor(node: NodeId, holder: string) {
    const isDaemons = holder.startsWith(KINDS.daemon);
    super(
      isDaemons
        ? `The daemon’s own machine is called “${node}” among nodes.`
        : `Another worker is connected under the name “${node}”.`,
    );
    this.retryable = !isDaemons;
    this.remedy = `Start this worker under a name of its own (--name)${isDaemons ? '' : ', or stop the other one'}.`;
  }
}

/** Of the daemon's own machine. A worker that had it before is turned away otherwise: by its heartbeats. */
export const ownNameClaim = (node: NodeId, incarnation: string): Claim =>
  new Claim({
    queue: nameClaim(node),
    holder: KINDS.daemon + incarnation,
    refused: async () => await Promise.resolve(null),
  });

/** @param onRefused may tell the daemon by the connection, which is given up then */
export const workerNameClaim = (
  node: NodeId,
  incarnation: string,
  onRefused: (session: Session) => Promise<void>,
): Claim =>
  new Claim({
    queue: nameClaim(node),
    holder: KINDS.worker + incarnation,
    refused: async (other, session) => {
      await onRefused(session).catch(() => {}); // the worker’s own words count
      return new NameTakenError(node, other);
    },
  });
