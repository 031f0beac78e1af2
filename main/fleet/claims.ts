/** Who may be who at one virtual host of a broker: one daemon, or several that share a state, and one process under each node's name. */
import { GutsError } from '../shared/errors.ts';
import type { NodeId } from '../shared/schedule.ts';
import { Claim } from './broker/claim.ts';
import type { Session } from './broker/session.ts';
import { DAEMON_CLAIM, nameClaim } from './broker/topology.ts';

/** What stands before the process that has a name. */
const KINDS = { daemon: 'daemon:', worker: 'worker:' } as const;

export const OTHER_DAEMON = 'fleet.other-daemon';

/** Two daemons that know nothing of each other would take each other's questions. */
export class OtherDaemonError extends GutsError {
  readonly code = OTHER_DAEMON;
  readonly remedy =
    'Give this daemon a virtual host of its own, or stop the other one (“rabbitmqctl list_connections vhost peer_host client_properties” shows where it is). A virtual host is for one daemon, or for several that share a state (--state).';
  override readonly retryable = true;

  constructor(place: string) {
    super(`Another daemon has this virtual host of the broker at ${place}, and does not share this one’s state.`);
  }
}

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

/** @param holder the same for daemons that share a state */
export const daemonClaim = (holder: string): Claim =>
  new Claim({
    queue: DAEMON_CLAIM,
    holder,
    refused: async (_other, { place }) => await Promise.resolve(new OtherDaemonError(place)),
  });

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
