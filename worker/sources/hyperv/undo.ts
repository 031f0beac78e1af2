/** Puts a host back as it was, from what the ledger says; and finds what nobody's ledger names any more. */
import { TAG_PREFIX, type LedgerItem } from '../../../main/shared/migration.ts';
import { LeftoversAnswer } from './answers.ts';
import { removeCheckpoint } from './checkpoints.ts';
import type { HypervHosts } from './hosts.ts';
import { putBackPower } from './power.ts';

/** Returns when the item is gone or put back, also when it never came to be. @throws GutsError when it cannot */
export async function undo(hosts: HypervHosts, item: LedgerItem, signal: AbortSignal): Promise<void> {
  switch (item.kind) {
    case 'power':
      await putBackPower(hosts, item, signal);
      return;
    case 'snapshot':
      await removeCheckpoint(hosts, item, signal);
      return;
    default:
      throw new Error(`a ${item.kind} is nothing that a Hyper-V source makes`);
  }
}

/** Checkpoints of all machines whose name begins with our tag's prefix. */
export async function leftovers(hosts: HypervHosts, signal: AbortSignal): Promise<LedgerItem[]> {
  const told = await hosts.askAll('leftovers', { prefix: TAG_PREFIX }, LeftoversAnswer, signal);
  return told.flatMap(({ checkpoints }) =>
    checkpoints.map(({ machine, id, name }): LedgerItem => {
      const facts = { vm: machine };
      return { key: `snapshot:${id}`, side: 'source', kind: 'snapshot', name, id, facts };
    }),
  );
}
