/** What follows when a connection was added: its page, with what the first sign-in found, and of a source its inventory, which is read by itself. Who has gone elsewhere meanwhile stays there. */
import { toast } from '../../parts/toast.ts';
import { goInstead, pathOf, place } from '../../router.ts';
import { readInventory } from '../../state/readings.ts';
import { noteTest, type Side, type TestOutcome } from '../../state/tests.ts';
import { t } from '../../texts/t.ts';
import { pageOf, reloadConnections } from './rows.ts';

export async function arrive(
  side: Side,
  { id, name }: { readonly id: string; readonly name: string },
  outcome: TestOutcome | null,
): Promise<void> {
  if (outcome !== null) noteTest(id, outcome);
  await reloadConnections();
  if (side === 'source') void readInventory(id);
  if (place() === pathOf('connections', 'new', side === 'source' ? 'source' : 'cloud')) {
    goInstead(pageOf({ side, id }));
    document.getElementById('content')?.focus();
  }
  toast(t('connections.added', { name }));
}
