/** Tells each worker which addresses it shall measure its way to, and how often it shall tell how far it is: once per process, and again whenever that has changed. */
import type { DestinationConnection, SourceConnection } from '../../shared/connections.ts';
import type { LookTarget, Wish, WishAnswer } from '../../shared/fleet.ts';
import type { NodeId } from '../../shared/schedule.ts';
import type { ConnectionStore } from '../../store/connections.ts';
import type { RemoteNode } from './remote-node.ts';

const ANSWERED_WITHIN_MS = 20_000;

type LookWish = Extract<Wish, { kind: 'look' }>;

/** As many nodes tell each second. Each message costs the daemon some of its time, and the next one says more. */
const NODES_A_SECOND = 100;
const progressEvery = (nodes: number): number => 1000 * Math.min(60, Math.max(1, Math.ceil(nodes / NODES_A_SECOND)));

type AskNode = (node: NodeId, wish: Wish, signal: AbortSignal) => Promise<WishAnswer>;

export class Looks {
  readonly #connections: ConnectionStore;
  readonly #wish: AskNode;
  /** By node, what was told to which process of it. */
  readonly #told = new Map<NodeId, string>();

  constructor(connections: ConnectionStore, wish: AskNode) {
    this.#connections = connections;
    this.#wish = wish;
  }

  /** Those that know it already are not told. Who does not answer is told the next time. @throws what reading the connections throws */
  async tell(nodes: readonly RemoteNode[]): Promise<void> {
    const targets = await this.#targets();
    const up = nodes.filter(({ isUp, heartbeat }) => isUp && heartbeat !== null);
    const progressEveryMs = progressEvery(up.length);
    const wish: LookWish = { kind: 'look', targets, progressEveryMs };
    await Promise.all(up.map(async (node) => await this.#tellOne(node, wish)));
  }

  async #tellOne({ id, heartbeat }: RemoteNode, wish: LookWish): Promise<void> {
    const news = JSON.stringify([heartbeat?.incarnation, wish]);
    if (this.#told.get(id) === news) return;
    this.#told.set(id, news);
    const isDone = await this.#wish(id, wish, AbortSignal.timeout(ANSWERED_WITHIN_MS)).then(
      ({ kind }) => kind === 'done',
      () => false,
    );
    if (!isDone && this.#told.get(id) === news) this.#told.delete(id);
  }

  async #targets(): Promise<LookTarget[]> {
    const sources = await this.#connections.list('source');
    const destinations = await this.#connections.list('destination');
    return [...sources, ...destinations].map(targetOf);
  }
}

function targetOf(connection: SourceConnection | DestinationConnection): LookTarget {
  const { id, proxy } = connection;
  const { hostname, port, protocol } = new URL(connection.kind === 'openstack' ? connection.authUrl : connection.url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const usual = protocol === 'https:' ? 443 : 80;
  return { connection: id, host, port: port === '' ? usual : Number(port), proxy };
}
